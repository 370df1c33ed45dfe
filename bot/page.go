package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/vrep/vrep/store"
)

// eventGranted stands in Inbound.Event of a decision made on a page of the house when it is a yes.
const eventGranted = "granted"

// DecideConsent takes a turn for a decision about a purpose that the doctor made on a page of the house; pressed is what the button said. It has the
// effects of the same answer in the chat, and says nothing there. A decision that changes nothing leaves no consent row. store.ErrNotFound: the doctor is
// not known. The other errors are those of Receive.
func (b *Bot) DecideConsent(ctx context.Context, doctor, purpose, pressed string, yes bool) error {
	file, err := b.store.LoadDoctor(ctx, doctor)
	if err != nil {
		return err
	}
	if file.OpenID == "" {
		return store.ErrNotFound
	}
	in := Inbound{
		Account: b.store.Account(), OpenID: file.OpenID, Key: "c|" + rand.Text(), Kind: store.KindConsent, EventKey: purpose, Text: pressed,
	}
	if yes {
		in.Event = eventGranted
	}
	if _, err := b.Receive(ctx, in); err != nil {
		return fmt.Errorf("deciding about a consent: %w", err)
	}
	return nil
}

// tracked is an effect whose content leads over a page of ours, where it is counted. Content that was prepared stays as it is: only what leaves the house
// carries the address, so that one item for many doctors is still one item.
func (b *Bot) tracked(e Effect) Effect {
	if e.Kind != store.KindNews || e.Doctor() == "" {
		return e
	}
	var n News
	if json.Unmarshal(e.Body, &n) != nil {
		return e
	}
	if body, err := json.Marshal(b.leading(n, e.Doctor(), e.Key)); err == nil {
		e.Body = body
	}
	return e
}

// shown is a passive reply as it leaves the house: its articles lead over a page of ours, like those of an effect.
func (b *Bot) shown(r Reply, doctor string) Reply {
	r.Articles = slices.Clone(r.Articles)
	for i := range r.Articles {
		r.Articles[i] = b.leading(r.Articles[i], doctor, r.Effect)
	}
	return r
}

// leading is content with the address under which its opening is counted; doctor "" = for several at once.
func (b *Bot) leading(n News, doctor, effect string) News {
	if b.link != nil && n.Content != "" {
		n.URL = b.link(doctor, n.Content, effect)
	}
	return n
}
