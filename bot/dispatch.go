package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// Rules are what the platform takes and what the house allows itself of it. The numbers are settings; their source is the platform's page on customer
// service messages and mass sends.
type Rules struct {
	ChatMessages   int           // customer service messages after the doctor's own message
	ChatWindow     time.Duration // and how long they are taken
	QuickMessages  int           // the same after a click, follow or scan
	QuickWindow    time.Duration
	MassPerMonth   int    // mass sends to one doctor in a calendar month of the platform
	Reserve        int    // of the chat messages: kept for handoff and safety
	Mass           bool   // mass sends are allowed
	PushTemplate   string // of one-time notices, "" = none
	NoticeTemplate string // of service notices, "" = none
}

// Ask is one wish to say something to somebody.
type Ask struct {
	Intent string
	Kind   string
	Level  int       // verification that the content needs; 0 = it is no content
	Open   bool      // a callback of the doctor waits for its answer
	Quiet  time.Time // end of the quiet hours, zero outside of them
}

// Purse is what is known of the doctor when something is to be said.
type Purse struct {
	store.Purse
	Left     bool // does not follow any more
	OptedOut bool // has unsubscribed
	Level    int  // verification level: it may have ended since the content was chosen
	Pushes   bool // agrees to be written to unasked
	OpenID   string
	Frozen   time.Time // until then nothing unasked is sent, because of an adverse event report; zero = not
}

// Choice is what the dispatcher decided. Without a channel nothing is sent now.
type Choice struct {
	Channel string    // see the Channel constants of store; a mass send goes with the next round
	Why     string    // see the Why constants
	Until   time.Time // without a channel: looked at again then; zero = when the doctor next speaks
	Never   bool      // without a channel: it is cancelled
}

// Why a channel was chosen, or none. The words are stored with the effect and shown in the console.
const (
	WhyAnswer  = "answer"     // the callback is still open
	WhyQuick   = "clicked"    // the doctor has clicked, scanned or followed just now
	WhyChat    = "spoke"      // the doctor has written within the window
	WhyPermit  = "permit"     // the doctor has agreed to one notice
	WhyService = "service"    // a service notice may always be sent
	WhyMass    = "mass_round" // goes with the next mass send
	WhyRep     = "rep"        // to a rep of the house

	WhyClosed    = "window closed"     // nothing may be sent until the doctor speaks
	WhySpent     = "used up"           // all that the platform takes was sent
	WhyReserved  = "reserved"          // what is left is kept for something more important
	WhyQuiet     = "quiet hours"       //
	WhyFrozen    = "ae_freeze"         // after an adverse event report nothing unasked is sent
	WhyLeft      = "unfollowed"        // never: the doctor does not follow any more
	WhyOptedOut  = "unsubscribed"      // never: the doctor has unsubscribed
	WhyNoConsent = "no_consent"        // never: the doctor does not agree to be written to unasked
	WhyLevel     = "unverified"        // never: the content is for verified doctors, and the doctor is not any more
	WhyTooLate   = "too late"          // never: it makes sense no more
	WhyAttempts  = "too many attempts" // never: tried too often
)

// edge is how long before the end of an allowance nothing is begun any more: the call takes its time, and clocks differ.
const edge = 2 * time.Second

// pushKeeps is how many messages beyond the reserve unasked ones leave, so that a reply that does not fit into its turn can follow.
const pushKeeps = 1

// Dispatch decides through which channel something is said, or why it is not said now. It is pure. A passive answer comes first and is never refused;
// then the customer service message of the allowance that ends first, then a one-time notice, a template message, a mass send; else it waits until the
// doctor speaks.
func Dispatch(now time.Time, a Ask, p Purse, r Rules) Choice {
	switch a.Kind {
	case store.KindCard, store.KindCardUpdate, store.KindRepText:
		return Choice{Channel: store.ChannelApp, Why: WhyRep}
	case store.KindRobot:
		return Choice{Channel: store.ChannelRobot, Why: WhyRep}
	}
	if a.Open {
		return Choice{Channel: store.ChannelPassive, Why: WhyAnswer}
	}
	if c, barred := bar(now, a, p); barred {
		return c
	}
	direct := service(now, a.Intent, p.Ledger, r)
	if direct.Channel != "" {
		return direct
	}
	switch a.Intent {
	case store.IntentReminder:
		return Choice{Why: direct.Why, Never: true} // the doctor's next message makes it pointless
	case store.IntentPush, store.IntentNotice, store.IntentSafety:
		if c := uncalled(now, a, p, r); c.Channel != "" || !c.Until.IsZero() {
			return c
		}
	}
	return direct
}

// bar holds back what may not be said through any channel.
func bar(now time.Time, a Ask, p Purse) (Choice, bool) {
	push, level := a.Intent == store.IntentPush, p.Level
	if level == store.LevelRejected {
		level = store.LevelFollower
	}
	switch {
	case p.Left:
		return Choice{Why: WhyLeft, Never: true}, true
	case p.OptedOut && !answers(a.Intent):
		return Choice{Why: WhyOptedOut, Never: true}, true
	case a.Level > level:
		return Choice{Why: WhyLevel, Never: true}, true
	case push && !p.Pushes:
		return Choice{Why: WhyNoConsent, Never: true}, true
	case push && now.Before(p.Frozen):
		return Choice{Why: WhyFrozen, Until: p.Frozen}, true
	case a.Intent == store.IntentReminder && !a.Quiet.IsZero():
		return Choice{Why: WhyQuiet, Until: a.Quiet}, true
	}
	return Choice{}, false
}

// answers tells whether something belongs to what the doctor has said himself. It goes out to one who has unsubscribed too: unsubscribing cancelled what
// waited, so it belongs to an adverse event reported since.
func answers(intent string) bool {
	switch intent {
	case store.IntentReply, store.IntentPrompt, store.IntentAsked, store.IntentSafety:
		return true
	}
	return false
}

// service chooses a customer service message. The short allowance is spent first, without a reserve: it ends in a minute, so that nothing would be saved.
func service(now time.Time, intent string, l store.Ledger, r Rules) Choice {
	quick, chat := open(now, l.QuickUntil), open(now, l.ChatUntil)
	switch {
	case quick && l.QuickLeft > 0:
		return Choice{Channel: store.ChannelQuick, Why: WhyQuick}
	case chat && l.ChatLeft > r.keep(intent):
		return Choice{Channel: store.ChannelChat, Why: WhyChat}
	case chat && l.ChatLeft > 0:
		return Choice{Why: WhyReserved}
	case chat || quick:
		return Choice{Why: WhySpent}
	}
	return Choice{Why: WhyClosed}
}

func open(now time.Time, until int64) bool { return now.Add(edge).UnixMilli() < until }

// keep is how many chat messages must stay after one of the intent.
func (r Rules) keep(intent string) int {
	switch {
	case intent == store.IntentHandoff, intent == store.IntentSafety:
		return 0
	case slices.Contains(store.Unhurried(), intent):
		return r.Reserve + pushKeeps
	}
	return r.Reserve
}

// uncalled chooses a channel that needs no word of the doctor. Quiet hours hold for all of them, for the doctor is not here.
func uncalled(now time.Time, a Ask, p Purse, r Rules) Choice {
	push, c := a.Intent == store.IntentPush, Choice{}
	switch {
	case a.Kind == store.KindImage: // a template has words only
		return c
	case r.NoticeTemplate != "" && !push: // a template message may not promote anything, and a notice does not use up what was permitted for content
		c = Choice{Channel: store.ChannelTemplate, Why: WhyService}
	case a.Intent == store.IntentSafety: // what was permitted is for content
		return c
	case r.PushTemplate != "" && p.Permits[r.PushTemplate] > 0:
		c = Choice{Channel: store.ChannelSubscribe, Why: WhyPermit}
	case push && a.Kind == store.KindNews && r.Mass && !open(now, p.ChatUntil) && !open(now, p.QuickUntil) && p.MassLeft(month(now), r.MassPerMonth) > 0:
		c = Choice{Channel: store.ChannelMass, Why: WhyMass}
	default:
		return c
	}
	if !a.Quiet.IsZero() {
		return Choice{Why: WhyQuiet, Until: a.Quiet}
	}
	return c
}

// platformZone is where the platform's months and days begin.
var platformZone = time.FixedZone("UTC+8", 8*60*60)

// month is the platform's month as year*100 + month.
func month(now time.Time) int {
	t := now.In(platformZone)
	return t.Year()*100 + int(t.Month())
}

// pressing are the events that open the short allowance; others, such as opening a link of the menu, open none. Source: the platform's page on customer
// service messages.
var pressing = map[string]bool{"subscribe": true, "scan": true, "click": true, "scancode_push": true, "scancode_waitmsg": true}

// opens tells which allowance an inbound event opens, nil = none. It begins when the doctor acted, not when we heard of it, and not later than now: a
// clock of ours that is behind must not make it end too late. What was done before the doctor left opens nothing.
func (r Rules) opens(in Inbound, left, now int64) *store.Allowance {
	from := now
	if !in.SentAt.IsZero() {
		from = min(from, in.SentAt.UnixMilli())
	}
	if left > 0 && from <= left {
		return nil
	}
	event := strings.EqualFold(in.Kind, kindEvent)
	switch {
	case in.Kind == store.KindTick, in.Kind == store.KindConsent, in.Kind == store.KindOpening:
		return nil
	case !event && in.MenuID == "":
		return &store.Allowance{Channel: store.ChannelChat, Left: r.ChatMessages, From: from, Until: from + r.ChatWindow.Milliseconds()}
	case !event || pressing[strings.ToLower(in.Event)]:
		return &store.Allowance{Channel: store.ChannelQuick, Left: r.QuickMessages, From: from, Until: from + r.QuickWindow.Milliseconds()}
	}
	return nil
}
