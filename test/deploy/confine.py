#!/usr/bin/env python3
"""Runs a command as confined as a container's: as another user, without capabilities, with no_new_privs, and with the
system calls alone whose names are in a file, and sockets of the given address families; others fail with EPERM.

    confine.py UID FILE FAMILY,... COMMAND...      as root; a family is e.g. AF_INET

Needs libseccomp (Debian's libseccomp2). Names that this architecture does not have are left out.
"""

import ctypes
import errno
import os
import socket
import sys

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
PR_CAPBSET_DROP = 24
CMP_EQ = 4


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp: an argument of a system call that has a value."""

    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("value", ctypes.c_uint64), ("unused", ctypes.c_uint64)]


def drop_privileges(uid: int) -> None:
    libc = ctypes.CDLL(None)
    capability = 0
    # Fails for the first capability that the kernel does not know.
    while libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def load_filter(calls: list[str], families: list[str]) -> None:
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ERRNO | errno.EPERM))
    for call in calls:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            continue
        if call == "socket":
            for family in families:
                domain = Comparison(0, CMP_EQ, getattr(socket, family), 0)
                seccomp.seccomp_rule_add_array(rules, ALLOW, number, 1, ctypes.byref(domain))
        else:
            seccomp.seccomp_rule_add(rules, ALLOW, number, 0)
    # Sets no_new_privs, too.
    if seccomp.seccomp_load(rules) != 0:
        sys.exit("confine.py: the filter cannot be loaded")


def main() -> None:
    with open(sys.argv[2], encoding="ascii") as names:
        calls = names.read().split()
    drop_privileges(int(sys.argv[1]))
    load_filter(calls, sys.argv[3].split(","))
    os.execv(sys.argv[4], sys.argv[4:])


main()
