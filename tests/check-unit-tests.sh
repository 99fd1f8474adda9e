#!/bin/sh
# Each tests/unit/**/test_*.c is a program of make check. Prints every one that is not; exit status 1 when there is one.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
bad=0
for file in $(find tests/unit -name 'test_*.c'); do
	grep -qE "(^|[[:space:]])${file%.c}([[:space:]]|\$)" tests/unit/*.am || { echo "$file: in no list of tests"; bad=1; }
done
exit $bad
