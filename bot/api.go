package bot

import (
	"context"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Inbound is one accepted callback of the official account, after decryption. Identity comes from the decrypted body only.
type Inbound struct {
	Account  string // app id
	OpenID   string
	Key      string // recognises duplicates: at most 64 bytes, see bot/wechat
	MsgID    string
	Kind     string // MsgType of the platform: text, image, voice, …, event
	Text     string // Content, Recognition of a voice message, or Label of a location
	Event    string // for Kind event: subscribe, unsubscribe, SCAN, CLICK …
	EventKey string
	MediaID  string
	Place    string    // of a location "latitude,longitude"; Text is its label
	Detail   string    // of a link or a file its title and address, of a picture its address, of a scanned code what it says. No answer, but adverse events are heard in a link's
	SentAt   time.Time // CreateTime
	MenuID   string    // of a text: the choice of a menu message that was pressed (bizmsgmenuid), "" = typed; the platform may also say "0". A press opens the short allowance only
	Permits  []Permit  // of a subscribe popup one per template shown; of a change of the subscription settings one per template refused
	Opening  *Opening  // of kind store.KindOpening
	Report   *Report   // of MASSSENDJOBFINISH, TEMPLATESENDJOBFINISH, PUBLISHJOBFINISH and subscribe_msg_sent_event: not the doctor's doing
}

// Permit is what the doctor answered about one template when asked whether a one-time notice may be sent.
type Permit struct {
	Template string
	Accepted bool
}

// Report is what became of a mass send, of a template or subscription message, or of a publishing.
type Report struct {
	MsgID  string // as the call of the send answered it
	Status string // of the platform, as it spells it
	Sent   int    // of a mass send: doctors reached
	Failed int    // of a mass send: doctors not reached
}

// Reply is the passive reply, as a model: it is rendered anew for every delivery. It holds a text or articles, never both; empty means that nothing is to
// be said ("success").
type Reply struct {
	Text     string   `json:"text,omitempty"`    // at most 2,000 bytes, complete without the options below
	Options  []Option `json:"options,omitempty"` // of the question that Text ends with: they may be made pressable
	Articles []News   `json:"news,omitempty"`    // without openid; one, or up to eight in answer to an event
	Effect   string   `json:"effect,omitempty"`  // with articles: the key under which they count as given
}

// Empty tells that there is nothing to say.
func (r Reply) Empty() bool { return r.Text == "" && len(r.Articles) == 0 }

// Receiver takes inbound events. An error means that nothing was accepted: answer 503, so that the platform sends again.
type Receiver interface {
	Receive(ctx context.Context, in Inbound) (Reply, error)
}

// Effect and its payloads are vocabulary of the outbox.
type (
	Effect     = store.Effect
	Text       = store.Text
	Option     = store.Option
	Image      = store.Image
	News       = store.News
	Card       = store.Card
	CardRow    = store.CardRow
	CardButton = store.CardButton
	CardSelect = store.CardSelect
	CardUpdate = store.CardUpdate
	RepText    = store.RepText
	Menu       = store.Menu
	MenuOption = store.MenuOption
	MiniPage   = store.MiniPage
	Robot      = store.Robot
)

// AccountMenu and its buttons are vocabulary of the flows.
type (
	AccountMenu = flows.Menu
	MenuButton  = flows.MenuButton
)

// Kinds of effect: which payload Effect.Body holds.
const (
	KindText       = store.KindText
	KindImage      = store.KindImage
	KindNews       = store.KindNews
	KindCard       = store.KindCard
	KindCardUpdate = store.KindCardUpdate
	KindRepText    = store.KindRepText
	KindMenu       = store.KindMenu
	KindMiniPage   = store.KindMiniPage
	KindRobot      = store.KindRobot
)

// What a sender looks at beside the kind: the channels that are no customer service message, and the intents that nobody waits for.
const (
	ChannelSubscribe = store.ChannelSubscribe
	ChannelTemplate  = store.ChannelTemplate
	IntentPush       = store.IntentPush
	IntentReminder   = store.IntentReminder
)

// Receipt is the platform's yes (errcode 0).
type Receipt struct {
	MessageID    string
	ResponseCode string // WeCom: one-time code to change the card
}

// MassOrder is one mass send: one content item for at least two doctors.
type MassOrder struct {
	Key     string   // by which the platform recognises a repeated call (clientmsgid), at most 64 bytes
	OpenIDs []string // at least 2
	News    News     // without openid
}

// MassSender sends one message to many doctors and answers the platform's id of the send, by which its report is matched. A refusal is a *SendError; a
// call that the platform recognises as repeated is no error.
type MassSender interface {
	SendMass(ctx context.Context, o MassOrder) (msgID string, err error)
}

// Sender sends one effect through e.Channel, which the dispatcher has chosen. A refusal is a *SendError; any other error counts as class Retry.
type Sender interface {
	Send(ctx context.Context, e Effect) (Receipt, error)
}

// Class says what to do with an effect that the platform did not accept.
type Class string

// Result classes, from the platform's error codes.
const (
	ClassRetry   Class = "retry"   // busy, throttled, network: again later with back-off
	ClassWait    Class = "wait"    // 45015, 45047: until the doctor writes again
	ClassGone    Class = "gone"    // blocked, unfollowed, bad openid: cancel
	ClassConfig  Class = "config"  // the account may not, secret wrong, address not listed: keep, page an operator
	ClassContent Class = "content" // too long, bad media: dead letter
	ClassUnknown Class = "unknown" // the answer was lost on the way: it may have been sent
)

// SendError is the one error of outward calls. Its text holds no secret and nothing personal.
type SendError struct {
	Class  Class
	Code   int           // errcode, 0 when none
	Reason string        // short, for operators
	After  time.Duration // earliest next try, 0 = the caller's back-off
}

// Error implements error.
func (e *SendError) Error() string { return "sending: " + e.Reason }
