package handoff

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"time"

	"github.com/vrep/vrep/store"
)

// takenPurpose keeps links to the doctors whom a rep has taken over apart from links to one lead.
const takenPurpose = "vrep handoff taken 1"

// TakenLink is the address of the list of doctors whom a rep has taken over, good for LinkValid.
func (d *Desk) TakenLink(rep string) string { return d.url + "/h/taken/" + d.TakenToken(rep) }

// TakenToken is the last part of such an address: base64url of MAC, expiry and rep.
func (d *Desk) TakenToken(rep string) string {
	until := d.now().Add(LinkValid)
	body := binary.BigEndian.AppendUint32(make([]byte, 0, expirySize+len(rep)), uint32((until.Unix()+59)/60))
	body = append(body, rep...)
	return linkText.EncodeToString(append(d.macFor(takenPurpose, body), body...))
}

// OpenTaken gives the rep of such a token. ErrLink: not ours. ErrLinkExpired: ours, but too old. ErrFiling: the rep has left, or the filing has run out.
func (d *Desk) OpenTaken(ctx context.Context, token string) (store.Rep, error) {
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) <= macSize+expirySize {
		return store.Rep{}, ErrLink
	}
	sum, body := raw[:macSize], raw[macSize:]
	if !hmac.Equal(sum, d.macFor(takenPurpose, body)) {
		return store.Rep{}, ErrLink
	}
	if until := time.Unix(60*int64(binary.BigEndian.Uint32(body)), 0); !d.now().Before(until) {
		return store.Rep{}, ErrLinkExpired
	}
	return d.acting(ctx, string(body[expirySize:]))
}
