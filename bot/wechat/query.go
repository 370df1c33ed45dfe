package wechat

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// freshness bounds how far a callback's timestamp may lie from our clock.
const freshness = 5 * time.Minute

// query is the query of a callback, checked for shape.
type query struct {
	timestamp, nonce        string
	signature, msgSignature string
	encryptType, openid     string
	echo                    string
}

// parameters are what a callback's query may say; everything else in it is ignored.
var parameters = [...]string{"timestamp", "nonce", "signature", "msg_signature", "encrypt_type", "openid", "echostr"}

// readQuery takes each parameter at most once and in its exact shape. The shapes matter: see codec.signed.
func readQuery(raw string) (query, error) {
	var values [len(parameters)]string
	var given [len(parameters)]bool
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, ok := plainQuery(name)
		if !ok {
			return query{}, refusal(RefusedQuery)
		}
		i := slices.Index(parameters[:], name)
		if i < 0 {
			continue
		}
		if values[i], ok = plainQuery(value); !ok || given[i] {
			return query{}, refusal(RefusedQuery)
		}
		given[i] = true
	}
	q := query{timestamp: values[0], nonce: values[1], signature: values[2], msgSignature: values[3],
		encryptType: values[4], openid: values[5], echo: values[6]}
	ok := len(q.timestamp) == 10 && all(q.timestamp, digit) &&
		len(q.nonce) >= 1 && len(q.nonce) <= 32 && all(q.nonce, letterOrDigit) &&
		hash(q.signature) && hash(q.msgSignature) &&
		(q.openid == "" || identifier(q.openid)) && len(q.echo) <= 1024
	if !ok {
		return query{}, refusal(RefusedQuery)
	}
	return q, nil
}

// plainQuery resolves the escapes of a name or value; ok is false for a broken one.
func plainQuery(s string) (plain string, ok bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, strings.IndexByte(s, ';') < 0
	}
	plain, err := url.QueryUnescape(s)
	return plain, err == nil && strings.IndexByte(s, ';') < 0
}

// fresh reports whether the timestamp lies within five minutes of now.
func (q query) fresh(now time.Time) bool {
	stamp, err := strconv.ParseInt(q.timestamp, 10, 64)
	return err == nil && now.Sub(time.Unix(stamp, 0)).Abs() <= freshness
}

func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func letterOrDigit(c byte) bool {
	return digit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// hash reports whether s is absent or forty lower-case hex digits.
func hash(s string) bool {
	return s == "" || len(s) == 40 && all(s, func(c byte) bool { return digit(c) || 'a' <= c && c <= 'f' })
}

// identifier reports whether s can be an openid, an account's name, a corp id or a WeCom user id.
func identifier(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && all(s, func(c byte) bool {
		return letterOrDigit(c) || c == '_' || c == '-' || c == '.' || c == '@'
	})
}
