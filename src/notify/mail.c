#include "notify/mail.h"

#include "core/log.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Base64 in lines of 76, which any text survives on any server. */
static void put_base64(struct buf *out, const char *text, size_t n)
{
    char line[80];
    for (size_t at = 0; at < n; at += 57) {
        size_t part = n - at < 57 ? n - at : 57;
        sodium_bin2base64(line, sizeof line, (const unsigned char *)text + at, part,
                          sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, "%s\r\n", line);
    }
}

/* A subject as encoded words of RFC 2047, each of at most 39 bytes of whole UTF-8 characters: no line is
 * longer than 76. */
static void put_subject(struct buf *out, struct str s)
{
    char word[72];
    buf_puts(out, "Subject:");
    while (s.n > 0) {
        size_t n = s.n < 39 ? s.n : 39;
        while (n < s.n && n > 1 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
            n--;
        sodium_bin2base64(word, sizeof word, (const unsigned char *)s.p, n, sodium_base64_VARIANT_ORIGINAL);
        buf_printf(out, " =?utf-8?B?%s?=\r\n", word);
        s = (struct str){s.p + n, s.n - n};
    }
}

/* What may stand between < and > in a header and in an SMTP command: no blank, control byte, bracket, comma
 * or quote, and nothing beyond ASCII, which few servers take there. */
static bool is_address(const char *s)
{
    if (strchr(s, '@') == NULL)
        return false;
    for (; *s != '\0'; s++)
        if ((unsigned char)*s <= ' ' || *s == 127 || strchr("<>,;:\"\\()", *s) != NULL ||
            (unsigned char)*s >= 0x80)
            return false;
    return true;
}

static void put_headers(struct buf *out, const struct config *config, const struct mail *mail)
{
    char date[64];
    struct tm tm;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    const char *domain = strchr(config->mail_from, '@') + 1;
    buf_printf(out, "From: <%s>\r\nTo: <%s>\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n", config->mail_from,
               mail->to, date, mail->id, domain);
    buf_puts(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n");
}

bool mail_write(const struct config *config, const struct view *view, const struct mail *mail,
                struct arena *a, struct buf *message)
{
    struct json data;
    struct buf text = {.max = 64 * 1024};
    char *template = arena_printf(a, "mail/%s", mail->kind);
    bool fine = template != NULL && view_has(view, template) && is_address(mail->to) &&
                is_address(config->mail_from) && json_parse(&data, a, str_of(mail->data)) &&
                view_render(view, template, &data, 1, a, &text) && text.n > 0;
    if (fine) {
        size_t subject = strcspn(text.p, "\r\n");
        size_t body = subject + strspn(text.p + subject, "\r\n");
        put_headers(message, config, mail);
        put_subject(message, (struct str){text.p, subject});
        buf_puts(message, "\r\n");
        put_base64(message, text.p + body, text.n - body);
        fine = subject > 0 && !message->failed;
    }
    buf_free(&text);
    return fine;
}

/* Written beside and renamed, so that nobody reads half a mail. */
static bool deliver_to_folder(const char *folder, const struct mail *mail, const struct buf *message)
{
    char part[1024], path[1024];
    if ((size_t)snprintf(part, sizeof part, "%s/.%s.part", folder, mail->id) >= sizeof part ||
        (size_t)snprintf(path, sizeof path, "%s/%s.eml", folder, mail->id) >= sizeof path)
        return false;
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool fine = fd >= 0 && write(fd, message->p, message->n) == (ssize_t)message->n && fsync(fd) == 0;
    if (fd >= 0)
        fine = close(fd) == 0 && fine;
    fine = fine && rename(part, path) == 0;
    if (!fine)
        log_event(LOG_ERROR, "mail-folder", "folder", folder, "error", strerror(errno), NULL);
    return fine;
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

static bool read_password(const char *path, char *password, size_t cap)
{
    FILE *file = fopen(path, "re");
    bool fine = file != NULL && fgets(password, (int)cap, file) != NULL;
    if (file != NULL)
        fclose(file);
    if (fine)
        password[strcspn(password, "\r\n")] = '\0';
    return fine;
}

static bool is_loopback(const char *url)
{
    return strstr(url, "//127.0.0.1") != NULL || strstr(url, "//localhost") != NULL ||
           strstr(url, "//[::1]") != NULL;
}

static bool deliver_to_server(const struct config *config, const struct mail *mail, const struct buf *message)
{
    char from[300], to[300], password[512] = "", reason[CURL_ERROR_SIZE] = "";
    struct upload upload = {message->p, message->n};
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = NULL;
    snprintf(from, sizeof from, "<%s>", config->mail_from);
    snprintf(to, sizeof to, "<%s>", mail->to);
    recipients = curl_slist_append(recipients, to);
    if (curl == NULL || recipients == NULL ||
        (*config->smtp_password_file != '\0' &&
         !read_password(config->smtp_password_file, password, sizeof password))) {
        curl_slist_free_all(recipients);
        curl_easy_cleanup(curl);
        log_event(LOG_ERROR, "mail-setup", "file", config->smtp_password_file, NULL);
        return false;
    }
    curl_easy_setopt(curl, CURLOPT_URL, config->smtp);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(is_loopback(config->smtp) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (*config->smtp_user != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, feed);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        /* curl's own words, not the server's: those may repeat the recipient */
        log_event(LOG_WARN, "mail-refused", "mail", mail->id, "error", curl_easy_strerror(code), NULL);
    sodium_memzero(password, sizeof password);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return code == CURLE_OK;
}

bool mail_deliver(const struct config *config, const struct mail *mail, const struct buf *message)
{
    if (*config->smtp != '\0')
        return deliver_to_server(config, mail, message);
    return deliver_to_folder(config->mail_dir, mail, message);
}
