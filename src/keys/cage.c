/*
 * A seccomp filter that forbids what is known to be of use to an intruder and lets everything else pass:
 * libpq, libsodium and the C library may change which calls they make, and a list of what is allowed would
 * break with them. Forbidden calls fail with EPERM, so that a library that only tries goes on.
 */
#include "keys/cage.h"

#include "core/conninfo.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/* Starting programs and threads, looking into other processes, the file system's layout, namespaces, the
 * kernel's keys and programs, new listening sockets, memory that is a file. */
static const int never[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(kcmp),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(kexec_load),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(memfd_create),
};

static bool forbid(scmp_filter_ctx filter, bool unix_only)
{
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), never[i], 0) != 0)
            return false;
    return !unix_only || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
                                          SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0)) == 0;
}

bool cage(const char *database)
{
#ifdef SANITIZED
    (void)database, (void)forbid; /* the sanitizers look into the process when it ends */
    return true;
#else
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool good = filter && forbid(filter, conninfo_is_local(database)) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    if (!good)
        fputs("unknot: the process could not be caged (seccomp)\n", stderr);
    return good;
#endif
}
