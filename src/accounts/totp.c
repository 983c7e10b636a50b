#include "accounts/totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <time.h>

#define STEP   30
#define DIGITS 6

int64_t totp_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec / STEP;
}

bool totp_code(const unsigned char key[TOTP_KEY], int64_t step, char out[TOTP_CODE])
{
    return oath_totp_generate((const char *)key, TOTP_KEY, (time_t)(step * STEP), STEP, 0, DIGITS, out) ==
           OATH_OK;
}

int64_t totp_match(const unsigned char key[TOTP_KEY], int64_t now, const char *code)
{
    char made[TOTP_CODE];
    int64_t found = 0;
    if (strlen(code) != TOTP_CODE - 1)
        return 0;
    for (int64_t step = now - 1; step <= now + 1; step++)
        if (totp_code(key, step, made) && sodium_memcmp(made, code, TOTP_CODE - 1) == 0)
            found = step;
    sodium_memzero(made, sizeof made);
    return found;
}

bool totp_base32(const unsigned char key[TOTP_KEY], char out[TOTP_BASE32])
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned held = 0, bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < TOTP_KEY; i++) {
        held = held << 8 | key[i];
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = signs[held >> (bits - 5) & 31];
        held &= 0xff;
    }
    out[n] = '\0';
    return n == TOTP_BASE32 - 1;
}

void totp_address(struct buf *out, const char *site, const char *account, const char *base32)
{
    buf_puts(out, "otpauth://totp/");
    buf_url(out, site, strlen(site));
    buf_putc(out, ':');
    buf_url(out, account, strlen(account));
    buf_printf(out, "?secret=%s&issuer=", base32);
    buf_url(out, site, strlen(site));
}
