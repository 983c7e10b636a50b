/* Where a stranger's address may lead: nowhere near this machine, however it is written. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "unit.h"

#include "notify/fetch.h"
#include "notify/hook.h"
#include "notify/reach.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <unistd.h>

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return fetch_is_public((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return fetch_is_public((const struct sockaddr *)&v6);
}

static void addresses(void **state)
{
    static const char *const inner[] = {
        "0.0.0.0",         "0.1.2.3",         "10.0.0.1",     "10.255.255.255",
        "100.64.0.1",      "100.127.255.1",   "127.0.0.1",    "127.255.0.1",
        "169.254.169.254", "172.16.0.1",      "172.31.255.1", "192.0.0.8",
        "192.0.2.1",       "192.168.1.1",     "198.18.0.1",   "198.19.9.9",
        "198.51.100.7",    "203.0.113.9",     "224.0.0.1",    "239.1.1.1",
        "240.0.0.1",       "255.255.255.255", "::",           "::1",
        "::ffff:10.0.0.1", "::ffff:8.8.8.8",  "::8.8.8.8",    "64:ff9b::a00:1",
        "64:ff9b:1::1",    "100::1",          "2001::1",      "2001:db8::1",
        "2002:a00:1::1",   "3fff::1",         "fc00::1",      "fd12:3456::1",
        "fe80::1",         "fec0::1",         "ff02::1",      "5f00::1",
    };
    static const char *const outer[] = {"1.1.1.1",      "8.8.8.8",        "100.63.255.255", "100.128.0.0",
                                        "172.15.1.1",   "172.32.0.1",     "192.0.1.1",      "192.169.0.1",
                                        "198.17.1.1",   "198.20.0.1",     "223.255.0.1",    "2606:4700::1111",
                                        "2a00:1450::1", "2001:4860::8888"};
    (void)state;
    for (size_t i = 0; i < COUNT(inner); i++)
        if (is_public(inner[i]))
            fail_msg("%s counts as public", inner[i]);
    for (size_t i = 0; i < COUNT(outer); i++)
        if (!is_public(outer[i]))
            fail_msg("%s does not count as public", outer[i]);
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(fetch_is_public(&local));
}

static void what_people_paste(void **state)
{
    static const struct {
        const char *text, *url, *host;
    } fine[] = {
        {"https://calendar.example/a/b.ics?c=d", "https://calendar.example/a/b.ics?c=d", "calendar.example"},
        {"webcal://p01.calendar.example/x", "https://p01.calendar.example/x", "p01.calendar.example"},
        {"http://calendar.example:8080/", "http://calendar.example:8080/", "calendar.example"},
    };
    static const char *const odd[] = {
        "",
        "calendar.example",
        "ftp://calendar.example/",
        "file:///etc/passwd",
        "gopher://x/",
        "https://",
        "javascript:alert(1)",
        "https://user:pw@calendar.example/",
        "https://user@calendar.example/",
        "https://calendar.example:22/",
        "https://calendar.example:25/x",
        "https://calendar.example:0/",
        "https://calendar.example/a b",
        "https://calendar.example/\r\nX: y",
        "dict://calendar.example:11211/",
        "smb://x/y",
        "https://cal\xc3\xa9ndar.example/",
    };
    char url[2000], host[256];
    (void)state;
    for (size_t i = 0; i < COUNT(fine); i++) {
        check_row(fetch_address(fine[i].text, url, host), i);
        assert_string_equal(url, fine[i].url);
        assert_string_equal(host, fine[i].host);
    }
    for (size_t i = 0; i < COUNT(odd); i++)
        if (fetch_address(odd[i], url, host))
            fail_msg("\"%s\" was taken", odd[i]);
}

/* A listener on this machine that must not be called, by any spelling. */
static void not_this_machine(void **state)
{
    static const char *const hosts[] = {"127.0.0.1",          "localhost",    "127.1",   "0x7f.0.0.1",
                                        "2130706433",         "017700000001", "0.0.0.0", "[::1]",
                                        "[::ffff:127.0.0.1]", "[::]"};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct buf body = {.max = 1000};
    (void)state;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    for (size_t i = 0; i < COUNT(hosts); i++) {
        char url[100];
        snprintf(url, sizeof url, "http://%s:%d/", hosts[i], ntohs(address.sin_port));
        const char *problem = fetch(url, false, &body);
        if (!problem || (strcmp(problem, "address") != 0 && strcmp(problem, "unreachable") != 0))
            fail_msg("%s: %s", url, problem ? problem : "fetched");
        assert_int_equal(accept(listener, NULL, NULL), -1);
    }
    close(listener);
    buf_free(&body);
}

static void which_hosts_are_ours(void **state)
{
    static const char *const here[] = {"smtp://127.0.0.1:25", "smtp://localhost", "http://[::1]:80/x",
                                       "https://127.9.9.9/"};
    static const char *const there[] = {"smtp://10.0.0.1",
                                        "smtp://128.0.0.1:25",
                                        "smtp://127.0.0.1.example.org",
                                        "smtp://localhost.example.org:25",
                                        "http://x@example.org/127.0.0.1",
                                        "smtp://example.org/?//localhost",
                                        "",
                                        "127.0.0.1"};
    (void)state;
    for (size_t i = 0; i < COUNT(here); i++)
        check_row(reach_is_loopback(here[i]), i);
    for (size_t i = 0; i < COUNT(there); i++)
        check_row(!reach_is_loopback(there[i]), i);
}

/* The first line of a file, of which all must be there. */
static void a_secret_is_whole_or_none(void **state)
{
    static const struct {
        const char *text, *secret;
    } rows[] = {{"abc\n", "abc"}, {"abc", "abc"},    {"abc\r\nnot this\n", "abc"}, {"1234567\n", NULL},
                {"", NULL},       {"\nabc\n", NULL}, {"123456789\n", NULL},        {"123456\n", "123456"}};
    char path[] = "/tmp/unknot-secret-XXXXXX", out[8];
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, rows[i].text, strlen(rows[i].text), 0), (int)strlen(rows[i].text));
        bool fine = reach_secret(path, out, sizeof out);
        check_row(fine == (rows[i].secret != NULL) && (!fine || strcmp(out, rows[i].secret) == 0), i);
    }
    close(fd);
    unlink(path);
    assert_false(reach_secret(path, out, sizeof out));
}

/* curl_slist_append without memory at its n-th call; 0: it has some. */
static int missing;

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *line)
{
    struct curl_slist *(*real)(struct curl_slist *, const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_slist_append");
    return missing && --missing == 0 ? NULL : real(list, line);
}

/* Whatever line finds no room, the receiver is not called with the rest. Nobody listens where it goes. */
static void a_call_has_all_its_headers(void **state)
{
    char path[] = "/tmp/unknot-secret-XXXXXX";
    struct config config = {.hook_url = (char[]){"http://127.0.0.1:1/"}, .hook_secret_file = path};
    const struct hook hook = {.id = "11111111-2222-4333-8444-555555555555", .kind = "test", .data = "{}"};
    (void)state;
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "secret\n", 7), 7);
    close(fd);
    for (int n = 1; n <= 5; n++) {
        missing = n;
        check_row(strcmp(hook_call(&config, &hook), "setup") == 0, n);
        assert_int_equal(missing, 0);
    }
    assert_string_equal(hook_call(&config, &hook), "network");
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses),
                                       cmocka_unit_test(what_people_paste),
                                       cmocka_unit_test(not_this_machine),
                                       cmocka_unit_test(which_hosts_are_ours),
                                       cmocka_unit_test(a_secret_is_whole_or_none),
                                       cmocka_unit_test(a_call_has_all_its_headers)};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
