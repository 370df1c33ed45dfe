package bot

import (
	"strconv"

	"github.com/vrep/vrep/store"
)

// CardLink is where the card is shown by which a doctor invites colleagues.
type CardLink struct {
	Address string
	Digest  string // SHA-256 of its secret part, in hex: what is kept of it
	Scene   string // the code on it
}

// peers are what a turn does for others to see: words that may be quoted, and a card for colleagues.
func (x *builder) peers() error {
	out := x.d.out
	for _, q := range out.Quotes {
		x.turn.Quotes = append(x.turn.Quotes, store.Quote{ID: q.ID, Flow: clip(q.Flow, 64), Topic: clip(q.Topic, 32), Words: q.Words})
	}
	for _, s := range out.Signs {
		x.turn.Signs = append(x.turn.Signs, store.QuoteSign{ID: clip(s.ID, 32), Signature: s.Signature, Policy: clip(s.Policy, 64)})
	}
	if out.Card == nil || x.link == nil {
		return nil
	}
	link := x.link(x.conversation(), x.seq)
	x.turn.PeerCards = append(x.turn.PeerCards, store.PeerCard{
		ID: rowID("card", x.conversation(), strconv.FormatInt(x.seq, 10)), Scene: link.Scene, Token: link.Digest, Most: int64(out.Card.Most),
		Alarm: int64(out.Card.Alarm), ExpiresAt: x.now + out.Card.Life.Milliseconds(),
	})
	return nil
}
