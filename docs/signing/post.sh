#!/usr/bin/env bash
# Signs a file and posts it, with openssl and curl: post.sh URL FILE. The secret is in PRECINCT_WEBHOOK_SECRET.
# `post.sh --sign ID TIMESTAMP FILE` prints the signature alone.
set -euo pipefail

sign() { # id, timestamp, file; the body goes in byte for byte
  local key
  key=$(printf '%s' "${PRECINCT_WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  printf 'v1,'
  { printf '%s.%s.' "$1" "$2"; cat "$3"; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
}

if [ "$1" = --sign ]; then sign "$2" "$3" "$4"; echo; exit; fi

url=$1 file=$2
id=msg_$(openssl rand -hex 16) # one for each body, the same when it is posted again
for wait in 5 30 120 600 stop; do
  now=$(date +%s) # new for each try: five minutes later the old one is refused
  answer=$(curl -sS --max-time 30 -w '\n%{http_code}' "$url" -H 'content-type: application/json' -H "webhook-id: $id" \
    -H "webhook-timestamp: $now" -H "webhook-signature: $(sign "$id" "$now" "$file")" --data-binary "@$file") || answer=$'\n000'
  status=${answer##*$'\n'}
  case $status in
    2??) printf '%s\n' "${answer%$'\n'*}"; exit ;;
    000 | 408 | 429 | 5??) [ "$wait" = stop ] || sleep "$wait" ;; # nothing was stored; the same again
    *) printf '%s %s\n' "$status" "${answer%$'\n'*}" >&2; exit 1 ;; # will be refused again: mend it
  esac
done
echo "not taken after five tries: keep the body and post it again" >&2
exit 1
