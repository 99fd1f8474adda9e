/* sipws_certificate.c: the certificate of wss, and its renewal while everything runs.
 *
 * Whoever renews it (certbot, say) writes two files, one after the other, and tells nobody. So they are
 * looked at every half minute, and what they hold serves once it is a pair. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/ims_log.h"
#include "config/ims_config_keys.h"
#include "server/internal.h"

enum { LOOK_MS = 30000 };

typedef struct {
	struct timespec changed;
	ino_t inode;
	off_t size;
} file_state;

struct sipws_certificate {
	const sipws_config *config;
	SSL_CTX *served;
	file_state pem, key;
	ims_timer look;
};

static const char *key_file(const sipws_config *config)
{
	return config->cert_key ? config->cert_key : config->cert_pem;
}

/* ---- into TLS ---- */

static int passphrase(char *buffer, int size, int writing, void *user)
{
	const sipws_config *config = user;
	const char *phrase = config->cert_pwd ? config->cert_pwd : "";
	gsize length = strlen(phrase);

	(void)writing;
	if (length >= (gsize)size)
		return -1;
	memcpy(buffer, phrase, length + 1);
	return (int)length;
}

static gboolean refuse(const sipws_config *config, const char *key, const char *file, const char *allowed,
		       GError **error)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	g_autofree char *why = reason ? g_strdup_printf("%s (%s)", allowed, reason) : g_strdup(allowed);

	ims_config_refuse_text(&(ims_config_place){ config->file, "general", "general" }, key, file, why,
			       error);
	ERR_clear_error();
	return FALSE;
}

static gboolean load(SSL_CTX *into, const sipws_config *config, GError **error)
{
	ERR_clear_error();
	SSL_CTX_set_default_passwd_cb(into, passphrase);
	SSL_CTX_set_default_passwd_cb_userdata(into, (void *)config);
	if (SSL_CTX_use_certificate_chain_file(into, config->cert_pem) != 1)
		return refuse(config, "cert_pem", config->cert_pem,
			      "a readable file with a certificate in PEM", error);
	if (SSL_CTX_use_PrivateKey_file(into, key_file(config), SSL_FILETYPE_PEM) != 1)
		return refuse(config, "cert_key", key_file(config),
			      "a readable file with the private key of the certificate in PEM, without "
			      "passphrase or with "
			      "the one in cert_pwd",
			      error);
	return SSL_CTX_check_private_key(into) == 1 ||
	       refuse(config, "cert_key", key_file(config), "the private key of the certificate", error);
}

gboolean sipws_certificate_check(const sipws_config *config, GError **error)
{
	SSL_CTX *scratch = SSL_CTX_new(TLS_server_method());
	gboolean good = load(scratch, config, error);

	SSL_CTX_free(scratch);
	return good;
}

/* ---- the files ---- */

static gboolean has_changed(file_state *state, const char *file)
{
	struct stat now;
	file_state before = *state;

	if (stat(file, &now) != 0)
		return FALSE;
	*state = (file_state){ now.st_mtim, now.st_ino, now.st_size };
	return before.changed.tv_sec != state->changed.tv_sec ||
	       before.changed.tv_nsec != state->changed.tv_nsec || before.inode != state->inode ||
	       before.size != state->size;
}

static gboolean have_changed(sipws_certificate *certificate)
{
	gboolean pem = has_changed(&certificate->pem, certificate->config->cert_pem);
	gboolean key = has_changed(&certificate->key, key_file(certificate->config));

	return pem || key;
}

static void look(gpointer user)
{
	sipws_certificate *certificate = user;
	g_autoptr(GError) error = NULL;

	if (have_changed(certificate) && !sipws_certificate_reload(certificate, &error))
		ims_err(NULL, "the new certificate is not taken, the old one serves on: %s", error->message);
	ims_timer_arm(&certificate->look, LOOK_MS);
}

sipws_certificate *sipws_certificate_new(const sipws_config *config, ims_clock *clock, gpointer tls)
{
	sipws_certificate *certificate = g_new0(sipws_certificate, 1);

	certificate->config = config;
	certificate->served = tls;
	have_changed(certificate);
	ims_timer_init(&certificate->look, clock, look, certificate);
	ims_timer_arm(&certificate->look, LOOK_MS);
	return certificate;
}

void sipws_certificate_free(sipws_certificate *certificate)
{
	if (!certificate)
		return;
	ims_timer_stop(&certificate->look);
	g_free(certificate);
}

/* A pair that does not fit would leave half of it in what is served: it is tried elsewhere before. */
gboolean sipws_certificate_reload(sipws_certificate *certificate, GError **error)
{
	if (!sipws_certificate_check(certificate->config, error) ||
	    !load(certificate->served, certificate->config, error))
		return FALSE;
	have_changed(certificate);
	ims_info(NULL, "the certificate in %s serves new connections", certificate->config->cert_pem);
	return TRUE;
}
