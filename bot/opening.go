package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Opening is a flow that the house wants to begin with a doctor, of an Inbound of kind store.KindOpening.
type Opening struct {
	Push   string            // id of the push that wishes it
	Flow   string            // what stands after push: in the start of the flow
	Inputs map[string]string // what the flow is given
}

// unbegun tells why a flow was not begun: a reason of the engine or of the store. Nothing was committed.
type unbegun struct{ why string }

// Error implements error.
func (u unbegun) Error() string { return "bot: flow not begun: " + u.why }

// Begin begins the flow of a planned push with its doctor as a turn of its own, once, however often and at however many instances it is called. "" = it has begun.
// Otherwise nothing has happened, and why is store.PushTalk or store.PushWindow (later: what is asked for is that nothing else is talked about, and a way to the
// doctor), or flows.UnbegunFlow, flows.UnbegunWhen or flows.UnbegunInputs (never). Whether the doctor may be written to at all is the caller's question.
// store.ErrMoved: somebody else has decided about the push.
func (b *Bot) Begin(ctx context.Context, p store.Push) (why string, err error) {
	o, ok := openingOf(p)
	if !ok {
		return flows.UnbegunInputs, nil
	}
	now := b.now()
	e := Effect{Lane: store.DoctorLane(p.Doctor), Kind: store.KindText, Intent: openingIntent(b.engine().Library(), p.Flow)}
	choice, purse, err := b.choose(ctx, e, now)
	if err != nil {
		return "", fmt.Errorf("looking for a way to a doctor: %w", err)
	}
	switch choice.Channel {
	case store.ChannelChat, store.ChannelQuick, store.ChannelTemplate:
	default: // what was permitted once, and a mass send, are for content
		return store.PushWindow, nil
	}
	in := Inbound{Account: b.store.Account(), OpenID: purse.OpenID, Key: openingKey(p.ID), Kind: store.KindOpening, EventKey: p.Flow, Opening: &o}
	_, err = b.receive(ctx, in)
	var not unbegun
	if errors.As(err, &not) {
		return not.why, nil
	}
	if err != nil {
		return "", fmt.Errorf("beginning a flow: %w", err)
	}
	return "", nil
}

// openingOf reads what a push wishes; false: what it gives to the flow is unreadable.
func openingOf(p store.Push) (Opening, bool) {
	o := Opening{Push: p.ID, Flow: p.Flow}
	return o, p.Inputs == "" || json.Unmarshal([]byte(p.Inputs), &o.Inputs) == nil
}

// openingIntent is why a flow speaks first: for a matter of the doctor's own, or because the house wants something.
func openingIntent(lib *flows.Library, id string) string {
	if f := lib.Flow(id); f != nil && f.Service {
		return store.IntentNotice
	}
	return store.IntentPush
}

// openingKey names the one turn that may begin the flow of a push.
func openingKey(push string) string {
	sum := sha256.Sum256([]byte(push))
	return "p|" + hex.EncodeToString(sum[:])[:62]
}

// rests tells whether a flow may be begun on the talk: what waits for the doctor, and a doctor who sleeps, are left alone.
func (s snapshot) rests() bool { return s.Talk.Phase == store.PhaseIdle && s.Talk.State.Idle() }

// begins is the opening of a turn that begins a flow, with how long its words make sense: as long as the flow waits for their answer.
type begins struct {
	Opening
	intent string
	life   time.Duration
}

// beginning refuses a turn whose flow was not begun, and tells the builder about one that was.
func (b *Bot) beginning(lib *flows.Library, in Inbound, d decision) (*begins, error) {
	if in.Opening == nil {
		return nil, nil
	}
	switch d.out.Unbegun {
	case "":
	case flows.UnbegunTalk:
		return nil, unbegun{store.PushTalk}
	default:
		return nil, unbegun{d.out.Unbegun}
	}
	o := &begins{Opening: *in.Opening, intent: openingIntent(lib, in.Opening.Flow), life: textLife}
	if f := lib.Flow(in.Opening.Flow); f != nil {
		o.life = f.Expire
	}
	return o, nil
}
