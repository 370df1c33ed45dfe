package bot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/store"
)

// purse is what may be sent: so many chat and quick messages, for an hour and half a minute from noon; a negative number is an allowance that is over.
func purse(chat, quick int) Purse {
	p := Purse{Pushes: true}
	p.ChatLeft, p.QuickLeft = max(chat, 0), max(quick, 0)
	p.ChatUntil, p.QuickUntil = noon.Add(time.Hour).UnixMilli(), noon.Add(30*time.Second).UnixMilli()
	if chat < 0 {
		p.ChatUntil, p.ChatLeft = noon.Add(time.Second).UnixMilli(), 5 // too near to its end
	}
	if quick < 0 {
		p.QuickUntil, p.QuickLeft = noon.Add(-time.Second).UnixMilli(), 3
	}
	return p
}

func with(p Purse, change func(*Purse)) Purse {
	change(&p)
	return p
}

func TestDispatch(t *testing.T) {
	wait := func(why string) Choice { return Choice{Why: why} }
	never := func(why string) Choice { return Choice{Why: why, Never: true} }
	quick, chat := Choice{Channel: store.ChannelQuick, Why: WhyQuick}, Choice{Channel: store.ChannelChat, Why: WhyChat}
	mass := platform
	mass.Mass = true
	bare := platform
	bare.PushTemplate, bare.NoticeTemplate = "", ""
	onlyPush := platform
	onlyPush.NoticeTemplate = ""
	morning := noon.Add(8 * time.Hour)
	permitted := func(p *Purse) { p.Permits = map[string]int{"tpl_push": 1} }
	monthOver := func(p *Purse) { p.MassMonth, p.MassUsed = 202611, 4 }
	cases := []struct {
		name  string
		ask   Ask
		purse Purse
		rules Rules
		want  Choice
	}{
		{"a turn is answered whatever is left", Ask{Intent: store.IntentReply, Kind: store.KindText, Open: true}, with(purse(0, 0), func(p *Purse) { p.Left = true }), platform, Choice{Channel: store.ChannelPassive, Why: WhyAnswer}},
		{"the allowance that ends first", Ask{Intent: store.IntentReply, Kind: store.KindText}, purse(5, 3), platform, quick},
		{"the short one used up", Ask{Intent: store.IntentReply, Kind: store.KindText}, purse(5, 0), platform, chat},
		{"the short one over", Ask{Intent: store.IntentReply, Kind: store.KindText}, purse(5, -1), platform, chat},
		{"no reserve of the short one", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(-1, 1), platform, quick},
		{"the last one is kept", Ask{Intent: store.IntentReply, Kind: store.KindText}, purse(1, 0), platform, wait(WhyReserved)},
		{"the last one but one", Ask{Intent: store.IntentAsked, Kind: store.KindNews}, purse(2, 0), platform, chat},
		{"the last one for safety", Ask{Intent: store.IntentSafety, Kind: store.KindText}, purse(1, 0), platform, chat},
		{"the last one for a handoff", Ask{Intent: store.IntentHandoff, Kind: store.KindText}, purse(1, 0), platform, chat},
		{"none for safety", Ask{Intent: store.IntentSafety, Kind: store.KindText}, purse(0, 0), platform, Choice{Channel: store.ChannelTemplate, Why: WhyService}},
		{"none for safety, without a template", Ask{Intent: store.IntentSafety, Kind: store.KindText}, purse(0, 0), Rules{PushTemplate: "p"}, wait(WhySpent)},
		{"unasked ones leave one for a reply", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(2, 0), bare, wait(WhyReserved)},
		{"unasked ones", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(3, 0), bare, chat},
		{"nothing open", Ask{Intent: store.IntentReply, Kind: store.KindText}, purse(-1, -1), platform, wait(WhyClosed)},
		{"a reminder does not wait", Ask{Intent: store.IntentReminder, Kind: store.KindText}, purse(-1, -1), platform, never(WhyClosed)},
		{"nor for the reserve", Ask{Intent: store.IntentReminder, Kind: store.KindText}, purse(2, 0), platform, never(WhyReserved)},
		{"a reminder in quiet hours", Ask{Intent: store.IntentReminder, Kind: store.KindText, Quiet: morning}, purse(5, 0), platform, Choice{Why: WhyQuiet, Until: morning}},
		{"a reply in quiet hours", Ask{Intent: store.IntentReply, Kind: store.KindText, Quiet: morning}, purse(5, 0), platform, chat},

		{"a permit", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(-1, -1), permitted), platform, Choice{Channel: store.ChannelSubscribe, Why: WhyPermit}},
		{"a permit in quiet hours", Ask{Intent: store.IntentPush, Kind: store.KindNews, Quiet: morning}, with(purse(-1, -1), permitted), platform, Choice{Why: WhyQuiet, Until: morning}},
		{"the chat comes before the permit", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(5, 0), permitted), platform, chat},
		{"a permit of a template that nobody named", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(-1, -1), permitted), bare, wait(WhyClosed)},
		{"a permit carries no picture", Ask{Intent: store.IntentPush, Kind: store.KindImage}, with(purse(-1, -1), permitted), platform, wait(WhyClosed)},
		{"a permit for a mini-program's page", Ask{Intent: store.IntentPush, Kind: store.KindMiniPage}, with(purse(-1, -1), permitted), platform, Choice{Channel: store.ChannelSubscribe, Why: WhyPermit}},
		{"no mass send of one", Ask{Intent: store.IntentPush, Kind: store.KindMiniPage}, purse(-1, -1), mass, wait(WhyClosed)},
		{"a permit is not for replies", Ask{Intent: store.IntentReply, Kind: store.KindText}, with(purse(-1, -1), permitted), platform, wait(WhyClosed)},
		{"a service notice", Ask{Intent: store.IntentNotice, Kind: store.KindText}, purse(-1, -1), platform, Choice{Channel: store.ChannelTemplate, Why: WhyService}},
		{"a service notice leaves the permit alone", Ask{Intent: store.IntentNotice, Kind: store.KindText}, with(purse(-1, -1), permitted), platform, Choice{Channel: store.ChannelTemplate, Why: WhyService}},
		{"a service notice by permit", Ask{Intent: store.IntentNotice, Kind: store.KindText}, with(purse(-1, -1), permitted), onlyPush, Choice{Channel: store.ChannelSubscribe, Why: WhyPermit}},
		{"a service notice without a template", Ask{Intent: store.IntentNotice, Kind: store.KindText}, purse(-1, -1), bare, wait(WhyClosed)},
		{"content is never a template message", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(-1, -1), platform, wait(WhyClosed)},

		{"a mass send", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(-1, -1), mass, Choice{Channel: store.ChannelMass, Why: WhyMass}},
		{"no mass send while the chat is open", Ask{Intent: store.IntentPush, Kind: store.KindNews}, purse(0, 0), mass, wait(WhySpent)},
		{"no fifth mass send", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(-1, -1), monthOver), mass, wait(WhyClosed)},
		{"mass sends of last month", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(-1, -1), func(p *Purse) { p.MassMonth, p.MassUsed = 202610, 4 }), mass, Choice{Channel: store.ChannelMass, Why: WhyMass}},
		{"what was asked for is not sent to many", Ask{Intent: store.IntentAsked, Kind: store.KindNews}, purse(-1, -1), mass, wait(WhyClosed)},

		{"left", Ask{Intent: store.IntentSafety, Kind: store.KindText}, with(purse(5, 3), func(p *Purse) { p.Left = true }), platform, never(WhyLeft)},
		{"unsubscribed", Ask{Intent: store.IntentNotice, Kind: store.KindText}, with(purse(5, 3), func(p *Purse) { p.OptedOut = true }), platform, never(WhyOptedOut)},
		{"unsubscribed, but reports an event", Ask{Intent: store.IntentSafety, Kind: store.KindText}, with(purse(5, 0), func(p *Purse) { p.OptedOut = true }), platform, chat},
		{"an intent that nobody named", Ask{Kind: store.KindText}, with(purse(5, 3), func(p *Purse) { p.OptedOut = true }), platform, never(WhyOptedOut)},
		{"no consent", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(5, 3), func(p *Purse) { p.Pushes = false }), platform, never(WhyNoConsent)},
		{"content for verified doctors", Ask{Intent: store.IntentPush, Kind: store.KindNews, Level: 2}, with(purse(5, 3), func(p *Purse) { p.Level = store.LevelDeclared }), platform, never(WhyLevel)},
		{"also when it was asked for", Ask{Intent: store.IntentAsked, Kind: store.KindNews, Level: 2}, with(purse(5, 3), func(p *Purse) { p.Level = store.LevelRejected }), platform, never(WhyLevel)},
		{"content to a verified doctor", Ask{Intent: store.IntentPush, Kind: store.KindNews, Level: 2}, with(purse(5, 3), func(p *Purse) { p.Level = store.LevelVerified }), platform, quick},
		{"after an adverse event", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(5, 3), func(p *Purse) { p.Frozen = morning }), platform, Choice{Why: WhyFrozen, Until: morning}},
		{"long after it", Ask{Intent: store.IntentPush, Kind: store.KindNews}, with(purse(5, 0), func(p *Purse) { p.Frozen = noon }), platform, chat},

		{"a card for a rep", Ask{Intent: store.IntentHandoff, Kind: store.KindCard}, Purse{}, Rules{}, Choice{Channel: store.ChannelApp, Why: WhyRep}},
		{"a text for a rep", Ask{Intent: store.IntentNotice, Kind: store.KindRepText, Quiet: morning}, Purse{}, Rules{}, Choice{Channel: store.ChannelApp, Why: WhyRep}},
		{"a robot", Ask{Intent: store.IntentHandoff, Kind: store.KindRobot}, Purse{}, Rules{}, Choice{Channel: store.ChannelRobot, Why: WhyRep}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, Dispatch(noon, c.ask, c.purse, c.rules)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Whatever is asked, a customer service message is chosen only when one is left beyond what is kept, and the reason is never empty.
func TestDispatchNeverOverdraws(t *testing.T) {
	intents := []string{"", store.IntentReply, store.IntentPrompt, store.IntentReminder, store.IntentAsked, store.IntentPush, store.IntentNotice, store.IntentSafety, store.IntentHandoff}
	kinds := []string{store.KindText, store.KindNews, store.KindImage, store.KindMenu, store.KindMiniPage}
	rapid.Check(t, func(t *rapid.T) {
		r := platform
		r.Reserve, r.Mass = rapid.IntRange(0, 6).Draw(t, "reserve"), rapid.Bool().Draw(t, "mass")
		a := Ask{Intent: rapid.SampledFrom(intents).Draw(t, "intent"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		p := Purse{Left: rapid.Bool().Draw(t, "left"), OptedOut: rapid.Bool().Draw(t, "out"), Pushes: rapid.Bool().Draw(t, "pushes")}
		p.ChatLeft, p.QuickLeft, p.MassUsed = rapid.IntRange(0, 5).Draw(t, "chat"), rapid.IntRange(0, 3).Draw(t, "quick"), rapid.IntRange(0, 5).Draw(t, "used")
		p.ChatUntil = noon.UnixMilli() + rapid.Int64Range(-5000, 5000).Draw(t, "chat until")
		p.QuickUntil = noon.UnixMilli() + rapid.Int64Range(-5000, 5000).Draw(t, "quick until")
		p.MassMonth, p.Permits = month(noon), map[string]int{"tpl_push": rapid.IntRange(0, 2).Draw(t, "permits")}
		c := Dispatch(noon, a, p, r)
		ok := true
		switch c.Channel {
		case store.ChannelQuick:
			ok = p.QuickLeft > 0 && p.QuickUntil > noon.UnixMilli()
		case store.ChannelChat:
			ok = p.ChatLeft > r.keep(a.Intent) && p.ChatUntil > noon.UnixMilli()
		case store.ChannelSubscribe:
			ok = p.Permits[r.PushTemplate] > 0
		case store.ChannelMass:
			ok = r.Mass && a.Intent == store.IntentPush && p.MassUsed < r.MassPerMonth
		case store.ChannelPassive:
			ok = false
		}
		if !ok || c.Why == "" || c.Never && c.Channel != "" || p.Left && c.Channel != "" {
			t.Fatalf("%+v of %+v: %+v", a, p, c)
		}
	})
}

func TestOpens(t *testing.T) {
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	chat := func(from time.Time) *store.Allowance {
		return &store.Allowance{Channel: store.ChannelChat, Left: 5, From: from.UnixMilli(), Until: from.Add(48 * time.Hour).UnixMilli()}
	}
	quick := func(from time.Time) *store.Allowance {
		return &store.Allowance{Channel: store.ChannelQuick, Left: 3, From: from.UnixMilli(), Until: from.Add(time.Minute).UnixMilli()}
	}
	left := noon.Add(-time.Minute)
	cases := []struct {
		name string
		in   Inbound
		want *store.Allowance
	}{
		{"a line", Inbound{Kind: "text", SentAt: at(-3 * time.Second)}, chat(at(-3 * time.Second))},
		{"a picture", Inbound{Kind: "image", SentAt: noon}, chat(noon)},
		{"a clock ahead of ours", Inbound{Kind: "text", SentAt: at(time.Hour)}, chat(noon)},
		{"without a time", Inbound{Kind: "voice"}, chat(noon)},
		{"a pressed choice", Inbound{Kind: "text", MenuID: "12", SentAt: noon}, quick(noon)},
		{"a follow", Inbound{Kind: "event", Event: "subscribe", SentAt: noon}, quick(noon)},
		{"a scan", Inbound{Kind: "event", Event: "SCAN", SentAt: noon}, quick(noon)},
		{"a click", Inbound{Kind: "event", Event: "CLICK", SentAt: noon}, quick(noon)},
		{"a scan from the menu", Inbound{Kind: "event", Event: "scancode_waitmsg", SentAt: noon}, quick(noon)},
		{"a link of the menu", Inbound{Kind: "event", Event: "VIEW", SentAt: noon}, nil},
		{"a popup", Inbound{Kind: "event", Event: "subscribe_msg_popup_event", SentAt: noon}, nil},
		{"the clock", Inbound{Kind: store.KindTick}, nil},
		{"a consent on a page of ours", Inbound{Kind: store.KindConsent, SentAt: noon}, nil},
		{"written before the doctor left", Inbound{Kind: "text", SentAt: left.Add(-time.Second)}, nil},
		{"in the second in which he left", Inbound{Kind: "text", SentAt: left}, nil},
		{"after he came back", Inbound{Kind: "event", Event: "subscribe", SentAt: left.Add(time.Second)}, quick(left.Add(time.Second))},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, platform.opens(c.in, left.UnixMilli(), noon.UnixMilli())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestMonthIsThePlatforms(t *testing.T) {
	for at, want := range map[string]int{"2026-11-30T15:59:59Z": 202611, "2026-11-30T16:00:00Z": 202612, "2026-12-31T16:00:00Z": 202701} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := month(when); got != want {
			t.Errorf("%s is in %d, want %d", at, got, want)
		}
	}
}
