/* input.h: a fuzzer's bytes as decisions. When they are used up, every decision is 0. */
#pragma once
#include <glib.h>
#include <string.h>

typedef struct {
	const guint8 *at;
	gsize left;
} fuzz_input;

static inline guint8 fuzz_byte(fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

/* 0 to below - 1 */
static inline guint fuzz_choice(fuzz_input *input, guint below)
{
	return fuzz_byte(input) % below;
}

static inline gboolean fuzz_flag(fuzz_input *input)
{
	return fuzz_byte(input) % 2 != 0;
}

/* Up to the next NUL or the end, at most max bytes. */
static inline char *fuzz_text(fuzz_input *input, gsize max)
{
	gsize length = 0;
	char *text;

	while (length < input->left && length < max && input->at[length])
		length++;
	text = g_strndup((const char *)input->at, length);
	length = MIN(length + 1, input->left);
	input->at += length;
	input->left -= length;
	return text;
}
