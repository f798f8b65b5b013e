#!/bin/sh
# Makes what debian:trixie-slim is, out of Debian's packages, where no image registry can be reached.
# Needs root and debootstrap. The image goes to standard output, messages go to standard error. By hand:
#   sudo sh docker/base/make-base.sh [MIRROR] | docker import -c 'CMD ["bash"]' - debian:trixie-slim
set -eu
mirror=${1:-}
# /var/tmp and not /tmp: some systems mount /tmp in memory, or without devices
work=$(mktemp -d "${TMPDIR:-/var/tmp}/pg-ha-dojo-base.XXXXXX")

clean() {
  # a debootstrap that was interrupted leaves these mounted, and removing through them would hit the machine
  for inner in proc sys dev/pts; do umount "$work/$inner" 2>/dev/null || :; done
  rm -rf --one-file-system "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

debootstrap --variant=minbase trixie "$work" ${mirror:+"$mirror"} >&2

echo 'I: Slimming' >&2
# no services start while packages are installed, and no documentation comes along later
printf '#!/bin/sh\nexit 101\n' > "$work/usr/sbin/policy-rc.d"
chmod 0755 "$work/usr/sbin/policy-rc.d"
cat > "$work/etc/dpkg/dpkg.cfg.d/slim" <<'EOF'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
EOF
find "$work/usr/share/doc" -type f ! -name copyright -delete
find "$work/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
rm -rf "$work"/usr/share/man/* "$work"/usr/share/info/* "$work"/var/cache/apt/* "$work"/var/lib/apt/lists/* \
  "$work"/var/log/*.log "$work"/var/cache/debconf/*-old "$work"/var/cache/ldconfig/aux-cache
# the machine's own name and name servers came along
: > "$work/etc/resolv.conf"
: > "$work/etc/hostname"
: > "$work/etc/machine-id"

echo 'I: Packing' >&2
tar --create --numeric-owner --one-file-system --sort=name --directory "$work" \
  --exclude './proc/*' --exclude './sys/*' --exclude './dev/*' .
