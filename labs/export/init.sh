#!/bin/sh
# Makes what no export carries: a random password for every role, a certificate authority, and a certificate per host.
# What is there already stays as it is, so this can be run again. Everything is in secrets/, for your eyes only.
set -eu
umask 077
cd "$(dirname "$0")"
command -v openssl > /dev/null || { echo 'openssl is missing: install the package openssl, then run this again' >&2; exit 3; }

mkdir -p secrets/passwords
while read -r name; do
  [ -s "secrets/passwords/$name" ] || openssl rand -hex 16 > "secrets/passwords/$name"
done < hosts/secrets

ca=secrets/ca
if [ ! -s $ca.key ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out $ca.key
  openssl req -x509 -new -key $ca.key -days 3650 -subj '/CN=cluster authority' \
    -addext keyUsage=critical,keyCertSign -out $ca.crt
fi
while read -r host aliases; do
  mkdir -p "secrets/$host"
  at=secrets/$host/host
  [ -s "$at.key" ] && continue
  { # Python, which Patroni is written in, trusts no certificate without the identifiers
    printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1' "$host"
    for alias in $aliases; do printf ',DNS:%s' "$alias"; done
    printf '\nextendedKeyUsage=serverAuth,clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
  } > "$at.ext"
  openssl ecparam -name prime256v1 -genkey -noout -out "$at.key"
  openssl req -new -key "$at.key" -subj "/CN=$host" -out "$at.csr"
  openssl x509 -req -in "$at.csr" -CA $ca.crt -CAkey $ca.key -CAcreateserial -days 3650 -extfile "$at.ext" \
    -out "$at.crt" 2> /dev/null
  cp $ca.crt "secrets/$host/ca.crt"
  rm "$at.csr" "$at.ext"
done < hosts/names
echo 'secrets/ holds passwords, keys and certificates. Keep it out of version control.'
