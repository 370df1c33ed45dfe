package handoff

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// linkPurpose keeps a signature of another kind, made with the same key, from opening a brief.
const linkPurpose = "vrep handoff link 2"

// Parts of a token in bytes: 128 bits of MAC, the expiry in minutes, the lead's id, then the rep's user id.
const (
	macSize    = 16
	expirySize = 4
	leadSize   = 16
)

// linkText is the alphabet of tokens; strict, so that a token has one spelling.
var linkText = base64.RawURLEncoding.Strict()

// Link is the address of the brief of a lead for one rep, good until the given time, rounded up to the minute. A lead's id is 32 hex digits; for any
// other the address opens nothing.
func (d *Desk) Link(lead, rep string, until time.Time) string {
	return d.url + "/h/" + d.token(lead, rep, until)
}

// Token is the last part of such an address, good for LinkValid.
func (d *Desk) Token(lead, rep string) string { return d.token(lead, rep, d.now().Add(LinkValid)) }

// link is the address that goes out with messages.
func (d *Desk) link(lead, rep string) string {
	return d.Link(lead, rep, d.now().Add(LinkValid))
}

// token is base64url of MAC, expiry, lead and rep: short, because some clients show it on the card.
func (d *Desk) token(lead, rep string, until time.Time) string {
	id, err := hex.DecodeString(lead)
	if err != nil || len(id) != leadSize {
		return ""
	}
	body := binary.BigEndian.AppendUint32(make([]byte, 0, expirySize+leadSize+len(rep)), uint32((until.Unix()+59)/60))
	body = append(append(body, id...), rep...)
	return linkText.EncodeToString(append(d.mac(body), body...))
}

func (d *Desk) mac(body []byte) []byte { return d.macFor(linkPurpose, body) }

func (d *Desk) macFor(purpose string, body []byte) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write([]byte(purpose))
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

// Open gives the lead and the rep of a token. ErrLink: not ours. ErrLinkExpired: ours, but too old.
func (d *Desk) Open(token string) (lead, rep string, err error) {
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) < macSize+expirySize+leadSize {
		return "", "", ErrLink
	}
	sum, body := raw[:macSize], raw[macSize:]
	if !hmac.Equal(sum, d.mac(body)) {
		return "", "", ErrLink
	}
	until := time.Unix(60*int64(binary.BigEndian.Uint32(body)), 0)
	if !d.now().Before(until) {
		return "", "", ErrLinkExpired
	}
	body = body[expirySize:]
	return hex.EncodeToString(body[:leadSize]), string(body[leadSize:]), nil
}
