package flows

import (
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// do: invite: a card with a code that the doctor may pass on to colleagues. Nobody is paid for anything, and nobody is on record before he follows and agrees
// himself.
func kindInvite() *stepKind {
	return &stepKind{
		name: "invite", key: "do", value: "invite", keys: []string{"for"},
		bind: func(_ *binder, o *object, s *Step) {
			s.Body = &InviteStep{For: o.words("for")}
		},
		names: func(l *linker, s *Step) {
			l.declareResult(s, "invite", "ok", cond.Type{Kind: cond.KindBool})
			l.declareResult(s, "invite", "url", cond.Type{Kind: cond.KindText})
			l.declareResult(s, "invite", "why", cond.Type{Kind: cond.KindText, Codes: []string{inviteOff, inviteLevel, inviteStanding, inviteFull}})
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			why := t.invite(f, s.Body.(*InviteStep).For)
			url := ""
			if why == "" {
				url = t.facts.Card
			}
			t.setResult(f, s, "invite", "ok", cond.Bool(why == ""))
			t.setResult(f, s, "invite", "url", cond.Text(url))
			t.setResult(f, s, "invite", "why", cond.Text(why))
			return goOn
		},
	}
}

// Why a doctor gets no card.
const (
	inviteOff      = "off"      // the house has no public pages
	inviteLevel    = "level"    // not verified
	inviteStanding = "standing" // not one of those whom the step is for
	inviteFull     = "full"     // as many open cards as the house allows
)

// InviteStep is the body of do: invite.
type InviteStep struct {
	For []string // standings as a super customer; none = every verified doctor
}

// invite makes a card, one in a turn; otherwise it says why not.
func (t *turn) invite(f *Frame, standings []string) (why string) {
	peers, can := t.facts.Reads.(Peers)
	switch {
	case t.level() < 2 || !t.mayStore(f):
		return inviteLevel
	case t.out.Card != nil:
		return ""
	case !can || t.facts.Card == "":
		return inviteOff
	}
	r := t.e.lib.Referral()
	open, standing := peers.Cards()
	switch {
	case len(standings) > 0 && !contains(standings, standing):
		return inviteStanding
	case open >= r.Open:
		return inviteFull
	}
	t.out.Card = &r
	return ""
}

// Referral are the limits of cards for colleagues.
type Referral struct {
	Open  int           // cards of one doctor that can be scanned at the same time
	Life  time.Duration // of a card
	Most  int           // people whom one card is credited with
	Alarm int           // people who scan a card until it is looked at, and credited with nobody more
}

// usualReferral holds where the house says nothing. Source of 5 cards and 30 days: the house rule on invitations among colleagues; 30 days is also the longest
// life of the platform's temporary codes.
var usualReferral = Referral{Open: 5, Life: 30 * 24 * time.Hour, Most: 10, Alarm: 50}

// Referral are the limits of the folder.
func (lib *Library) Referral() Referral { return lib.config.referral }

// readReferral reads the limits.
func (c *Config) readReferral(b *binder, o *object) {
	n := o.keys["referral"]
	if n == nil {
		return
	}
	r := b.object(n, []string{"open", "days", "most", "alarm"})
	c.referral.Open = r.number("open", 1, 50, c.referral.Open)
	c.referral.Life = time.Duration(r.number("days", 1, 30, int(c.referral.Life.Hours()/24))) * 24 * time.Hour
	c.referral.Most = r.number("most", 1, 1000, c.referral.Most)
	c.referral.Alarm = r.number("alarm", 2, 10000, c.referral.Alarm)
}
