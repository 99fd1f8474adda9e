#!/bin/sh
# What g_auto, g_autofree, g_autoptr and ims_autowipe clear at the end has a value from the start: a return before
# the first assignment would free what the stack happened to hold. Prints every offence; exit status 1 when there is
# one.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
! grep -rnE --include='*.[ch]' '^[[:space:]]+(g_auto(free|ptr)?|ims_autowipe)\b[^=]*;' plugin
