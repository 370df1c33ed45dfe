package bot

import (
	"fmt"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// decision is what a turn changes: the outcome to commit and the talk after it. Nothing has happened yet.
type decision struct {
	out  flows.Outcome
	talk talk
	pre  string // life cycle event of the input
}

// kindEvent is the Inbound.Kind of whatever is no message.
const kindEvent = "event"

// inputOf translates a callback into the engine's terms.
func inputOf(in Inbound, at time.Time) flows.Input {
	kind, text, key := flows.InOther, in.Text, ""
	switch strings.ToLower(in.Kind) {
	case "text":
		kind = flows.InText
	case "voice":
		kind = flows.InVoice
		if strings.TrimSpace(in.Text) != "" {
			kind = flows.InText
		}
	case "image":
		kind = flows.InImage
	case "location":
		kind = flows.InLocation
	case store.KindTick:
		kind = flows.InTick
	case store.KindOpening:
		kind, key = flows.InPush, in.EventKey
	case store.KindConsent:
		kind, key = flows.InConsent, in.EventKey
	case kindEvent:
		kind, key = eventOf(in)
	default:
		text = in.Detail // no answer, but an adverse event in it must be heard
	}
	input := flows.Input{Kind: kind, Text: text, Key: key, Media: in.MediaID, Place: in.Place, At: at, Granted: in.Event == eventGranted}
	if in.Opening != nil {
		input.Inputs = in.Opening.Inputs
	}
	return input
}

// followedByCode stands before the scene of a code by which somebody began to follow; of a follower's scan nothing does. Source: the platform's page on
// codes with parameters.
const followedByCode = "qrscene_"

func eventOf(in Inbound) (flows.InputKind, string) {
	switch strings.ToLower(in.Event) {
	case "subscribe":
		scene, ok := strings.CutPrefix(in.EventKey, followedByCode)
		if !ok {
			scene = "" // the platform puts other things here too, such as an order
		}
		return flows.InFollow, scene
	case "unsubscribe":
		return flows.InUnfollow, ""
	case "scan":
		return flows.InScan, in.EventKey
	case "click", "scancode_waitmsg": // both show the doctor that an answer is on its way
		return flows.InClick, in.EventKey
	case "resume":
		return flows.InResume, ""
	}
	return flows.InEvent, in.EventKey
}

// overtaken tells whether a follow or unfollow event arrives after something newer that it would undo: an unfollow older than a sign that the doctor is
// here, or a follow older than the leave. Events of the same second count in the order in which they arrive.
func (t talk) overtaken(kind flows.InputKind, sentAt int64) bool {
	switch kind {
	case flows.InUnfollow:
		return sentAt < t.Here
	case flows.InFollow:
		return sentAt < t.Left
	}
	return false
}

// note keeps the newest sign of a doctor who is here or has left.
func (t *talk) note(kind flows.InputKind, sentAt int64) {
	if present(kind) || kind == flows.InEvent {
		t.SentAt = max(t.SentAt, sentAt)
	}
	switch kind {
	case flows.InUnfollow:
		t.Left = max(t.Left, sentAt)
	case flows.InEvent, flows.InResume, flows.InTick, flows.InConsent, flows.InPush: // not the doctor's own doing
	default:
		t.Here = max(t.Here, sentAt)
	}
}

// typed tells whether the input is a message of the doctor's own, which opens the 48-hour window; follow, scan and click do not.
func typed(kind flows.InputKind) bool {
	switch kind {
	case flows.InText, flows.InImage, flows.InVoice, flows.InLocation, flows.InOther:
		return true
	}
	return false
}

// decide runs the flow engine of this turn on one input and moves the life cycle by what came of it. It is pure apart from the engine's look-ups.
func (b *Bot) decide(engine *flows.Engine, s snapshot, input flows.Input, reads flows.Reads) decision {
	seq := s.Seq + 1
	fact := s.Facts.forEngine(seq, input.At, b.house, reads)
	if b.export != nil {
		fact.Export = b.export(fact.Doctor, seq).Address
	}
	if r, ok := reads.(*lookups); ok && input.Kind == flows.InTick {
		fact.Capped = r.capped(s.Facts.Doctor.ID, engine.Library().Caps())
	}
	out := engine.Step(s.Talk.State, input, fact)
	d := decision{talk: s.Talk, pre: eventFor(input.Kind), out: out}
	phase, err := Next(s.Talk.Phase, d.pre)
	if err != nil { // the conversation sleeps
		if phase, err = d.awake(s.Talk.Phase); err != nil {
			phase = s.Talk.Phase
			if speaks(input.Kind) { // a sleeping flow takes nothing: it says so, or nothing
				d.out = engine.Step(s.Talk.State, flows.Input{Kind: flows.InText, At: input.At}, fact)
			}
		}
	}
	if len(d.out.Problems) > 0 {
		b.metrics.problem(len(d.out.Problems))
	}
	if err := d.settle(phase, s.Facts.Doctor.OptedOut); err != nil {
		// A defect, but not of the doctor: the talk goes on in the phase that it had.
		b.metrics.problem(1)
		b.log.Error("phase not moved", "conversation", s.Facts.Doctor.ID, "error", err)
	}
	if d.out.State.Talk != s.Talk.State.Talk {
		d.talk.Began = input.At.UnixMilli()
	}
	granted := s.Facts.Consents[store.PurposeBase] != ""
	if d.talk.Start == 0 && !granted || granted && d.out.State.Talk != s.Talk.State.Talk {
		d.talk.Start = seq
	}
	return d
}

// speaks tells whether the input waits for an answer.
func speaks(kind flows.InputKind) bool {
	switch kind {
	case flows.InEvent, flows.InTick, flows.InConsent, flows.InScan, flows.InPush:
		return false
	}
	return true
}

func eventFor(kind flows.InputKind) string {
	switch kind {
	case flows.InFollow:
		return EventFollow
	case flows.InUnfollow:
		return EventUnfollow
	case flows.InResume:
		return EventResume
	}
	return EventHear
}

// awake moves a sleeping conversation by what got through to it: an adverse event always does, so do the words that end the sleep. ErrMove: nothing did.
func (d decision) awake(phase string) (string, error) {
	event := EventHear
	switch {
	case opensCase(d.out), d.out.State.Ask != nil:
		event = EventReport
	case d.out.OptOut:
		event = EventOptOut
	case phase == store.PhaseHandedOff && d.out.State.Asleep == 0:
		event = EventResume
	case phase == store.PhaseHandedOff:
		return phase, nil // it sleeps on
	case d.out.OptIn:
		event = EventOptIn
	case d.out.Human:
		event = EventHandOff
	case d.out.Right.Kind != "":
		return phase, nil // the doctor's rights wake nobody
	}
	return Next(phase, event)
}

func opensCase(out flows.Outcome) bool {
	for _, c := range out.Cases {
		if c.New {
			return true
		}
	}
	return false
}

// settle moves the phase to what the outcome made of the talk.
func (d *decision) settle(phase string, optedOut bool) error {
	d.talk.State = d.out.State
	if d.out.Erase {
		d.talk.Phase = store.PhaseIdle
		return nil
	}
	optedOut = (optedOut || d.out.OptOut) && !d.out.OptIn
	event := d.event(optedOut)
	if phase == store.PhaseHandedOff && event == EventHandOff {
		d.talk.Phase = phase
		return nil
	}
	next, err := Next(phase, event)
	if err != nil {
		return fmt.Errorf("settling the phase: %w", err)
	}
	d.talk.Phase = next
	return nil
}

// event names what the outcome made of the talk.
func (d *decision) event(optedOut bool) string {
	out := d.out
	switch {
	case d.pre == EventUnfollow && !optedOut:
		return EventRest
	case d.pre == EventUnfollow, out.OptOut:
		return EventOptOut
	case out.State.Ask == nil && (out.Human || out.State.Asleep > 0):
		return EventHandOff
	case out.Pending.Confirming:
		return EventConfirm
	case out.Pending.Type == "consent":
		return EventConsent
	case out.Pending.ID != "" || out.State.Ask != nil:
		return EventAsk
	case optedOut:
		return EventOptOut
	}
	return EventRest
}
