#include "notify/reach.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool reach_is_loopback(const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    bool is = u && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && host_is_loopback(host);
    curl_free(host);
    curl_url_cleanup(u);
    return is;
}

bool reach_is_scheme(const char *url, const char *scheme)
{
    size_t n = strlen(scheme);
    return strncasecmp(url, scheme, n) == 0 && strncmp(url + n, "://", 3) == 0;
}

bool reach_secret(const char *path, char *out, int cap)
{
    FILE *file = fopen(path, "re");
    bool fine = file != NULL && fgets(out, cap, file) != NULL;
    size_t n = fine ? strcspn(out, "\r\n") : 0;
    fine = n > 0 && (out[n] != '\0' || feof(file)); /* else there is more of it */
    if (file != NULL)
        fclose(file);
    if (fine)
        out[n] = '\0';
    return fine;
}
