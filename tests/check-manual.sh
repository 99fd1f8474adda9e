#!/bin/sh
# docs/api.md says what the tables of plugin/api say.
exec ./ims-api-manual --check "${srcdir:-.}/docs/api.md"
