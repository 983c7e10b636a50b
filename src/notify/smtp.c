/* Handing a message on: to a mail server, or into a folder. */
#include "core/log.h"
#include "notify/mail.h"
#include "notify/reach.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define CONNECT_SECONDS 10L
#define ANSWER_SECONDS  10L /* to one command */
#define TOTAL_SECONDS   30L

/* Written beside and renamed, so that nobody reads half a mail. */
static const char *deliver_to_folder(const char *folder, const struct mail *mail, const struct buf *message)
{
    char part[1024], path[1024];
    if ((size_t)snprintf(part, sizeof part, "%s/.%s.part", folder, mail->id) >= sizeof part ||
        (size_t)snprintf(path, sizeof path, "%s/%s.eml", folder, mail->id) >= sizeof path)
        return "setup";
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool fine = fd >= 0 && write(fd, message->p, message->n) == (ssize_t)message->n && fsync(fd) == 0;
    if (fd >= 0)
        fine = close(fd) == 0 && fine;
    fine = fine && rename(part, path) == 0;
    if (!fine)
        log_event(LOG_ERROR, "mail-folder", "folder", folder, "error", strerror(errno), NULL);
    return fine ? NULL : "setup";
}

struct upload {
    const char *at;
    size_t left;
};

static size_t feed(char *out, size_t size, size_t count, void *context)
{
    struct upload *u = context;
    size_t n = size * count < u->left ? size * count : u->left;
    memcpy(out, u->at, n);
    u->at += n;
    u->left -= n;
    return n;
}

/* The class of a failure. The server's last word counts before curl's, which has one name for many. A refused
 * sign-in is the operator's to mend, not the mail's fault. */
static const char *judge(CURL *curl, CURLcode code)
{
    long said = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &said);
    switch (code) {
    case CURLE_OK:
        return NULL;
    case CURLE_LOGIN_DENIED:
        return "sign-in";
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return "tls";
    default:
        return said >= 400 && said < 500 ? "later" : said >= 500 && said < 600 ? "refused" : "network";
    }
}

static void set_up(CURL *curl, const struct config *config, const char *password)
{
    curl_easy_setopt(curl, CURLOPT_URL, config->smtp);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(reach_is_loopback(config->smtp) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (*config->smtp_user != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, ANSWER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static CURLcode send_it(CURL *curl, const char *from, struct curl_slist *recipients, struct upload *upload)
{
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, feed);
    curl_easy_setopt(curl, CURLOPT_READDATA, upload);
    return curl_easy_perform(curl);
}

static const char *deliver_to_server(const struct config *config, const struct mail *mail,
                                     const struct buf *message)
{
    char from[300], to[300], password[512] = "";
    struct upload upload = {message->p, message->n};
    if (*config->smtp_password_file != '\0' &&
        !reach_secret(config->smtp_password_file, password, sizeof password)) {
        log_event(LOG_ERROR, "mail-setup", "file", config->smtp_password_file, NULL);
        return "setup";
    }
    snprintf(from, sizeof from, "<%s>", config->mail_from);
    snprintf(to, sizeof to, "<%s>", mail->to);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    const char *failure = "setup";
    if (curl && recipients) {
        set_up(curl, config, password);
        CURLcode code = send_it(curl, from, recipients, &upload);
        failure = judge(curl, code);
        if (failure)
            /* curl's own words, not the server's: those may repeat the recipient */
            log_event(LOG_WARN, "mail-refused", "mail", mail->id, "class", failure, "error",
                      curl_easy_strerror(code), NULL);
    }
    sodium_memzero(password, sizeof password);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return failure;
}

const char *mail_deliver(const struct config *config, const struct mail *mail, const struct buf *message)
{
    if (*config->smtp != '\0')
        return deliver_to_server(config, mail, message);
    return deliver_to_folder(config->mail_dir, mail, message);
}
