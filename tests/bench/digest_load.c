/* digest_load SECONDS: how many challenges one core answers in a second. Prints {"MD5": ..., "SHA-256": ...} in answers
 * per second of CPU: each from the header value of the 401 to that of the next REGISTER, as a registration does it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "auth/ims_digest_prover.h"

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void answer_once(ims_prover *prover, const char *algorithm, guint number)
{
	const ims_prover_request request = { IMS_PROOF_REGISTER, "REGISTER", "sip:ims.example", NULL };
	g_autofree char *text = g_strdup_printf("Digest realm=\"ims.example\", nonce=\"%032x\", algorithm=%s, qop=\"auth\"",
						number, algorithm);
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();
	g_autofree char *answer = NULL;
	gboolean answers;

	g_ptr_array_add(challenges, text);
	if (ims_prover_heed(prover, &(ims_prover_demand){ IMS_PROOF_REGISTER, challenges, 0 }, NULL) != IMS_PROVER_ANSWERS)
		g_error("%s is not answered", algorithm);
	answer = ims_prover_authorize(prover, &request, &answers, NULL);
	if (!answer)
		g_error("no answer of %s", algorithm);
}

static double rate(const char *algorithm, double seconds)
{
	g_autoptr(ims_prover) prover = ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = "alice@ims.example", .realm = "ims.example", .secret = "bench-secret", .tells = TRUE });
	double start_s = cpu_s();
	guint count = 0;

	for (; cpu_s() - start_s < seconds; count++)
		answer_once(prover, algorithm, count);
	return count / (cpu_s() - start_s);
}

int main(int argc, char **argv)
{
	static const char *const algorithms[] = { "MD5", "SHA-256", "SHA-512-256", "SHA-256-sess" };
	double seconds = argc > 1 ? atof(argv[1]) : 1;

	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++)
		printf("%s\"%s\": %.0f", i ? ", " : "{", algorithms[i], rate(algorithms[i], seconds));
	puts("}");
	return 0;
}
