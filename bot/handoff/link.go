package handoff

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// linkPurpose keeps a signature of another kind, made with the same key, from opening a brief.
const linkPurpose = "vrep handoff link 1"

// linkText is the alphabet of tokens; strict, so that a token has one spelling.
var linkText = base64.RawURLEncoding.Strict()

// Link is the address of the brief of a lead for one rep, good until the given time.
func (d *Desk) Link(lead, rep string, until time.Time) string {
	return d.url + "/h/" + d.token(lead, rep, until)
}

// link is the address that goes out with messages.
func (d *Desk) link(lead, rep string) string {
	return d.Link(lead, rep, d.now().Add(LinkValid))
}

// token is base64url of MAC, expiry in seconds, lead, a zero byte and rep.
func (d *Desk) token(lead, rep string, until time.Time) string {
	body := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
	body = append(body, lead+"\x00"+rep...)
	return linkText.EncodeToString(append(d.mac(body), body...))
}

func (d *Desk) mac(body []byte) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte(linkPurpose))
	h.Write(body)
	return h.Sum(nil)
}

// Open gives the lead and the rep of a token. ErrLink: not ours. ErrLinkExpired: ours, but too old.
func (d *Desk) Open(token string) (lead, rep string, err error) {
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) < sha256.Size+8 {
		return "", "", ErrLink
	}
	sum, body := raw[:sha256.Size], raw[sha256.Size:]
	if !hmac.Equal(sum, d.mac(body)) {
		return "", "", ErrLink
	}
	until := time.Unix(int64(binary.BigEndian.Uint64(body)), 0)
	lead, rep, ok := strings.Cut(string(body[8:]), "\x00")
	switch {
	case !ok:
		return "", "", ErrLink
	case !d.now().Before(until):
		return "", "", ErrLinkExpired
	}
	return lead, rep, nil
}
