#!/usr/bin/env bash
# Puts Catch2 as Debian built it for other machines, or its source, under build/catch2. Nothing is installed.
#
#   tests/platforms/catch2.sh s390x armhf i386 source
#
# Exit status 2 where there is no apt-get to ask.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$PWD/build/catch2
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

wanted=()
for one in "$@"; do
    [[ -e $folder/$one/complete ]] || wanted+=("$one")
done
((${#wanted[@]})) || exit 0
if ! command -v apt-get >/dev/null || [[ ! -e $keyring ]]; then
    echo "no apt-get and Debian keyring here: put Catch2 3 for ${wanted[*]} under build/catch2 by hand" >&2
    exit 2
fi

# Lists and cache of its own: the system's settings, and the machines it knows, stay as they are.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial"
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
[[ $suite != bookworm ]] || suite=bookworm-backports # the release itself has version 2
for type in deb deb-src; do
    echo "$type [arch=s390x,armhf,i386 signed-by=$keyring] http://deb.debian.org/debian $suite main"
done >"$scratch/sources.list"
ask_apt() {
    apt-get -qq -o APT::Architectures=s390x,armhf,i386 -o Dir::Etc::SourceList="$scratch/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$scratch/lists" -o Dir::Cache="$scratch/cache" \
        -o Acquire::Languages=none -o APT::Sandbox::User= "$@"
}
ask_apt update

cd "$scratch"
for one in "${wanted[@]}"; do
    rm -rf "${folder:?}/$one"
    mkdir -p "$folder/$one"
    if [[ $one == source ]]; then
        ask_apt --download-only source catch2
        tar -xf catch2_*.orig.tar.* --strip-components=1 -C "$folder/$one"
    else
        ask_apt download "libcatch2-dev:$one"
        dpkg-deb -x libcatch2-dev_*_"$one".deb "$folder/$one"
    fi
    touch "$folder/$one/complete"
done
