#!/bin/sh
# Prints the images of docker/ with the digest that each tag has now, or writes them into the files: docker/pin.sh [--write].
# It asks the registry, so it needs a network and a docker engine with buildx. A tag can be moved, a digest cannot.
set -eu
cd "$(dirname "$0")"
images=$(sed -n 's/^ *image: *\([^ ]*\).*/\1/p; s/^FROM \([^ ]*\).*/\1/p' compose.yaml compose.cluster.yaml Dockerfile | sed 's/@.*//' | sort -u)
for image in $images; do
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
  case $digest in
    sha256:*) ;;
    *) echo "$image has no digest: $digest" >&2; exit 1 ;;
  esac
  echo "$image@$digest"
  if [ "${1:-}" = --write ]; then
    for file in compose.yaml compose.cluster.yaml Dockerfile; do
      sed -E "s#(image: *|FROM )$image(@sha256:[0-9a-f]*)?( |\$)#\1$image@$digest\3#" "$file" > "$file.pinned"
      cat "$file.pinned" > "$file" && rm "$file.pinned"
    done
  fi
done
