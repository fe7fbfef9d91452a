#!/usr/bin/env bash
# What install and remove share.

# Which files were installed, each with its SHA-256: tells a configuration that was changed from one that was not.
record=/usr/lib/nfmon/installed

program=${0##*/}
say() { printf '%s: %s\n' "$program" "$*" >&2; }
die() { say "$@"; exit 1; }
misuse() { say "$@"; say "see: $program --help"; exit 2; }

need_root() { ((EUID == 0)) || die "needs root: sudo $0"; }

is_booted() { [[ -d /run/systemd/system ]]; }

# root_of DIR: the directory as it is used in front of paths: empty for this host's own root.
root_of() {
	[[ -n $1 ]] || misuse '--root needs a value'
	[[ -d $1/etc ]] || misuse "--root $1: there is no host: no $1/etc"
	local path
	path=$(readlink -f -- "$1")
	echo "${path%/}"
}

# Its own tool removes what the package manager has installed.
refuse_package() {
	local info=${root:-}/var/lib/dpkg/info
	[[ -e $info/nfmon.list ]] || return 0
	# Removed, and not purged, it has its configuration here still, and what it does when that goes; the sums go with the files.
	[[ -e $info/nfmon.md5sums ]] ||
		die 'the package of nfmon was removed, and left its configuration: "apt-get purge nfmon" takes that away'
	die 'nfmon is installed as a package here: "dpkg -i" brings it up to date, "apt-get remove nfmon" takes it away'
}

sum() { sha256sum <"$1" | cut -d ' ' -f 1; }

recorded() { [[ ! -e ${root:-}$record ]] || cat -- "${root:-}$record"; }

recorded_sum() { recorded | awk -v path="$1" '$2 == path { print $1 }'; }
