package bot

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// textLife is how long a text that is part of a reply makes sense; afterwards the talk has gone on and it is cancelled.
const textLife = time.Hour

// reminderLife is how long a reminder of a silent talk makes sense when it cannot be sent at once. Nobody waits for it: it goes out soon or not at all.
const reminderLife = 30 * time.Minute

// speak joins the texts into the passive reply. What does not fit, and everything when the reply would come too late, becomes service messages.
func (x *builder) speak() (Reply, error) {
	x.offer()
	if x.d.pre == EventUnfollow || x.input.Kind == flows.InConsent {
		return Reply{}, nil // nobody reads it
	}
	tick := x.input.Kind == flows.InTick
	intent, life := x.intent(), textLife
	switch {
	case tick:
		life = reminderLife
	case x.begins != nil:
		life = x.begins.life
	}
	var reply Reply
	open := x.open()
	list := printed(x.d.out.Pending)
	for _, m := range pack(x.d.out.Says, list, MaxText) {
		c := Dispatch(time.UnixMilli(x.now), Ask{Intent: intent, Kind: store.KindText, Open: open}, Purse{}, x.rules)
		if c.Channel == store.ChannelPassive {
			reply.Text, reply.Options, open = m, x.pressable(m, list), false
			continue
		}
		kind, payload := x.message(m, list)
		if err := x.effect(intent, kind, payload, x.now+life.Milliseconds()); err != nil {
			return Reply{}, err
		}
	}
	return reply, nil
}

// replyName ends the key under which what a passive reply brought counts.
const replyName = "reply"

// open tells whether a callback waits for the answer.
func (x *builder) open() bool {
	return x.input.Kind != flows.InTick && x.input.Kind != flows.InConsent && x.begins == nil && !x.later
}

// intent is why the turn speaks.
func (x *builder) intent() string {
	switch {
	case x.urgent, opensCase(x.d.out):
		return store.IntentSafety
	case x.input.Kind == flows.InTick:
		return store.IntentReminder
	case x.begins != nil:
		return x.begins.intent
	case x.d.out.Human:
		return store.IntentHandoff
	}
	return store.IntentReply
}

// gives is why the turn hands out content.
func (x *builder) gives() string {
	if x.begins != nil {
		return x.begins.intent
	}
	return store.IntentAsked
}

// images queues the pictures that go with the texts.
func (x *builder) images() error {
	for _, id := range x.d.out.Images {
		if err := x.effect(x.intent(), store.KindImage, Image{OpenID: x.in.OpenID, MediaID: id}, x.now+textLife.Milliseconds()); err != nil {
			return err
		}
	}
	return nil
}

// Most articles in one passive reply: to an event, and to any other message. Source: the platform's page on passive replies.
const (
	eventArticles = 8
	otherArticles = 1
)

// sends hands out content items. A turn that says nothing else answers with them, which costs none of the messages that the platform takes; else, and
// what is too many, they are queued. The row in Sent keeps an item from being given twice.
func (x *builder) sends(reply *Reply) error {
	if x.d.pre == EventUnfollow {
		return nil
	}
	if err := x.images(); err != nil {
		return err
	}
	room := 0
	if x.open() && reply.Text == "" && len(x.d.out.Images) == 0 {
		if room = otherArticles; x.in.Kind == kindEvent {
			room = eventArticles
		}
	}
	for _, s := range x.d.out.Sends {
		news := News{Content: s.Content.ID, Title: s.Content.Title, Description: s.Content.Description, URL: s.Content.URL}
		key := x.nextKey()
		switch mini := x.card(s.Content); {
		case mini != nil:
			if err := x.effect(x.gives(), store.KindMiniPage, mini, until(s.Content)); err != nil {
				return err
			}
		case len(reply.Articles) < room:
			key = effectKey(x.conversation(), x.seq, replyName)
			reply.Articles, reply.Effect = append(reply.Articles, news), key
			x.gaveNow(s.Content)
		default:
			news.OpenID = x.in.OpenID
			if err := x.effect(x.gives(), store.KindNews, news, until(s.Content)); err != nil {
				return err
			}
		}
		x.turn.Sent = append(x.turn.Sent, store.Sent{
			Doctor: x.conversation(), Content: s.Content.ID, Account: x.in.Account, Effect: key, Why: s.Why, At: x.now,
		})
	}
	return nil
}

// until is when a content item must not be sent any more, unix ms; 0 = never.
func until(c flows.Content) int64 {
	if c.Until.IsZero() {
		return 0
	}
	return c.Until.UnixMilli()
}

func (x *builder) nextKey() string {
	return effectKey(x.conversation(), x.seq, strconv.Itoa(len(x.turn.Effects)))
}

func (x *builder) effect(intent, kind string, payload any, until int64) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encoding an effect: %w", err)
	}
	x.turn.Effects = append(x.turn.Effects, Effect{
		Account: x.in.Account, Key: x.nextKey(), Lane: store.DoctorLane(x.conversation()), Kind: kind, Body: body, Intent: intent,
		Status: store.EffectReady, NextAt: x.now, ValidUntil: until, CreatedAt: x.now,
	})
	return nil
}

func (x *builder) journal(reply Reply) error {
	kept := Event{Text: x.in.Text, Event: x.in.Event, Key: x.in.EventKey, Media: x.in.MediaID, Detail: x.in.Detail, Place: x.in.Place}
	if said := x.d.out.Kept; said != nil {
		kept.Text, kept.Detail = *said, ""
	}
	if x.in.Event != "" {
		kept.Place = "" // reported by the phone, not sent by the doctor, and of no use here
	}
	if x.turn.Doctor.OpenID == "" {
		kept = Event{Event: x.in.Event}
	}
	event, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("encoding the event: %w", err)
	}
	said, err := json.Marshal(reply)
	if err != nil {
		return fmt.Errorf("encoding the reply: %w", err)
	}
	sentAt := x.millis(x.in.SentAt)
	late := sentAt < x.before.Talk.SentAt
	x.d.talk.note(x.input.Kind, sentAt)
	state, err := encodeTalk(x.d.talk)
	if err != nil {
		return err
	}
	x.turn.Journal = store.Journal{
		Conversation: x.conversation(), Seq: x.seq, Account: x.in.Account, MessageKey: x.in.Key, Kind: clip(x.in.Kind, 24), Event: event,
		State: state, Reply: said, Flow: x.d.out.Pending.Flow, FlowHash: x.d.out.Pending.Hash, SentAt: sentAt,
		MsgID: clip(x.in.MsgID, 64), ReceivedAt: x.now, Late: late, Instance: x.instance,
	}
	return nil
}
