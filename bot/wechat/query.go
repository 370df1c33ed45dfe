package wechat

import (
	"net/url"
	"strconv"
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

// readQuery takes each parameter at most once and in its exact shape. The shapes matter: see codec.signed.
func readQuery(raw string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, refusal(RefusedQuery)
	}
	q := query{}
	for name, into := range map[string]*string{
		"timestamp": &q.timestamp, "nonce": &q.nonce, "signature": &q.signature, "msg_signature": &q.msgSignature,
		"encrypt_type": &q.encryptType, "openid": &q.openid, "echostr": &q.echo,
	} {
		switch given := values[name]; len(given) {
		case 0:
		case 1:
			*into = given[0]
		default:
			return query{}, refusal(RefusedQuery)
		}
	}
	ok := len(q.timestamp) == 10 && all(q.timestamp, digit) &&
		len(q.nonce) >= 1 && len(q.nonce) <= 32 && all(q.nonce, letterOrDigit) &&
		hash(q.signature) && hash(q.msgSignature) &&
		(q.openid == "" || identifier(q.openid)) && len(q.echo) <= 1024
	if !ok {
		return query{}, refusal(RefusedQuery)
	}
	return q, nil
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
