#!/bin/sh
# Loads the container images of this folder into docker, podman or containerd, after checking their sums.
# Written by NGC Replicator. It reads inventory.tsv and SHA256SUMS beside it.
set -u

usage() {
  cat <<'END'
Usage: sh load.sh [OPTION]... [IMAGE]...

Loads the images of this folder, all or those that are named, after checking their sums.

  --to ENGINE        docker, podman or ctr (containerd); else the first of them that is installed
  --namespace NAME   of containerd: k8s.io for Kubernetes
  --platform NAME    like linux/arm64, of images that are here for several; else that of this machine
  --no-check         load without checking the sums
  --list             only tell what is here
  --help             only print this

IMAGE is a name that --list tells, or its end: nvcr.io/nvidia/pytorch:24.01-py3, pytorch:24.01-py3.
Ends with 0 when all went well, 1 when anything failed, 2 when it was called in a wrong way.
END
}

complain() {
  printf '%s\n' "$*" >&2
}

wrong() {
  complain "$1"
  complain 'sh load.sh --help tells how it is called.'
  exit 2
}

tab=$(printf '\t')
newline='
'
engine=
namespace=
platform=
names=
checks=yes
lists=no
while [ $# -gt 0 ]; do
  case $1 in
  --*=*)
    option=$(printf '%s\n' "$1" | cut -d= -f1)
    value=$(printf '%s\n' "$1" | cut -d= -f2-)
    shift
    set -- "$option" "$value" "$@"
    continue
    ;;
  --to | --namespace | --platform)
    [ $# -ge 2 ] || wrong "$1 needs a value."
    case $1 in
    --to) engine=$2 ;;
    --namespace) namespace=$2 ;;
    *) platform=$2 ;;
    esac
    shift
    ;;
  --no-check) checks=no ;;
  --list) lists=yes ;;
  --help | -h)
    usage
    exit 0
    ;;
  -*) wrong "There is no option $1." ;;
  ?*) names=$names$1$newline ;;
  esac
  shift
done

CDPATH='' cd -- "$(dirname -- "$0")" || exit 1
if [ ! -r inventory.tsv ]; then
  complain "inventory.tsv is missing in $(pwd), so it is not known what is here."
  exit 1
fi

# Reads the next image of inventory.tsv.
next_image() {
  while IFS=$tab read -r reference image_platform parts tarball; do
    case $reference in '' | '#'*) continue ;; esac
    # A name that leads elsewhere, or no number, is none of ours.
    case $tarball in '' | */*) continue ;; esac
    case $parts in '' | *[!0-9]*) continue ;; esac
    return 0
  done
  return 1
}

# Whether the image that was read goes by this name.
is_called() {
  case /$reference in */"$1") return 0 ;; esac
  [ "$tarball" = "$1" ]
}

is_wanted() {
  [ -n "$names" ] || return 0
  while IFS= read -r name; do
    [ -n "$name" ] && is_called "$name" && return 0
  done <<END
$names
END
  return 1
}

case $(uname -m) in
x86_64 | amd64) machine=linux/amd64 ;;
aarch64 | arm64) machine=linux/arm64 ;;
*) machine=linux/$(uname -m) ;;
esac

# Of one name for several platforms the engine would keep the last: so it gets the one of this machine.
is_for_here() {
  if [ -n "$platform" ]; then
    case $image_platform in "$platform" | "$platform"/*) return 0 ;; esac
    return 1
  fi
  case $image_platform in "$machine" | "$machine"/*) return 0 ;; esac
  while IFS=$tab read -r other other_platform _; do
    [ "$other" = "$reference" ] || continue
    case $other_platform in "$machine" | "$machine"/*) return 1 ;; esac
  done <inventory.tsv
  return 0
}

# One line for each tarball to load: number of parts, tarball, image.
chosen=
while next_image; do
  if [ "$lists" = yes ]; then
    is_wanted && printf '%s  %s  %s\n' "$reference" "$image_platform" "$tarball"
    continue
  fi
  if ! is_wanted || ! is_for_here; then continue; fi
  case $newline$chosen in *"$newline$parts$tab$tarball$tab"*) continue ;; esac
  chosen=$chosen$parts$tab$tarball$tab$reference$newline
done <inventory.tsv

failed=0
while IFS= read -r name; do
  [ -n "$name" ] || continue
  found=no
  while next_image; do
    is_called "$name" && { [ "$lists" = yes ] || is_for_here; } && found=yes
  done <inventory.tsv
  [ "$found" = yes ] && continue
  complain "failed: $name is not here. --list tells what is."
  failed=$((failed + 1))
done <<END
$names
END
if [ "$lists" = yes ]; then
  [ "$failed" -eq 0 ]
  exit
fi

is_installed() {
  command -v "$1" >/dev/null 2>&1
}

case $engine in
docker | podman | ctr) is_installed "$engine" || wrong "$engine is not installed." ;;
'')
  for engine in docker podman ctr ''; do
    [ -n "$engine" ] || wrong 'Neither docker nor podman nor ctr is installed.'
    is_installed "$engine" && break
  done
  ;;
*) wrong "--to takes docker, podman or ctr, not $engine." ;;
esac
[ -z "$namespace" ] || [ "$engine" = ctr ] || wrong "--namespace is for ctr, not for $engine."

if [ "$checks" = no ]; then
  :
elif is_installed sha256sum; then
  sum_of() { sha256sum <"$1" | cut -c1-64; }
elif is_installed shasum; then
  sum_of() { shasum -a 256 <"$1" | cut -c1-64; }
else
  wrong 'Neither sha256sum nor shasum is installed; --no-check loads without them.'
fi

# The sum that SHA256SUMS tells of a file.
expected_sum_of() {
  [ -r SHA256SUMS ] || return 0
  while read -r sum name; do
    case $name in "$1" | "*$1")
      printf '%s\n' "$sum"
      return 0
      ;;
    esac
  done <SHA256SUMS
}

# Whether a file is whole; says why not.
check() {
  if [ ! -f "./$1" ]; then
    complain "failed: $image: $1 is missing."
    return 1
  fi
  [ "$checks" = yes ] || return 0
  expected=$(expected_sum_of "$1")
  if [ -z "$expected" ]; then
    complain "failed: $image: SHA256SUMS does not tell of $1; --no-check loads it all the same."
    return 1
  fi
  [ "$(sum_of "./$1")" = "$expected" ] && return 0
  complain "failed: $image: $1 is damaged: it is not the file that SHA256SUMS tells of."
  return 1
}

# Hands one file to the engine, or what comes on standard input.
hand_over() {
  case $engine in
  ctr)
    [ -z "$namespace" ] || set -- "$1" --namespace "$namespace"
    file=$1
    shift
    [ -n "$file" ] || file=-
    ctr "$@" images import --all-platforms "$file"
    ;;
  *)
    if [ -n "$1" ]; then "$engine" load -i "$1"; else "$engine" load; fi
    ;;
  esac
}

load_tarball() {
  set --
  if [ "$parts" -eq 0 ]; then
    set -- "./$tarball"
  else
    number=0
    while [ "$number" -lt "$parts" ]; do
      set -- "$@" "./$tarball.$(printf '%03d' "$number")"
      number=$((number + 1))
    done
  fi
  [ "$checks" = no ] || printf 'checking %s\n' "$image"
  for path in "$@"; do
    check "$(basename "$path")" || return 1
  done
  printf 'loading  %s into %s\n' "$image" "$engine"
  if [ "$parts" -eq 0 ]; then hand_over "$1" </dev/null; else cat "$@" | hand_over ''; fi && return 0
  complain "failed: $image: $engine did not take it."
  return 1
}

loaded=0
while IFS=$tab read -r parts tarball image <&3; do
  [ -n "$tarball" ] || continue
  if load_tarball; then loaded=$((loaded + 1)); else failed=$((failed + 1)); fi
done 3<<END
$chosen
END

printf '%s loaded into %s, %s failed.\n' "$loaded" "$engine" "$failed"
[ "$failed" -eq 0 ]
