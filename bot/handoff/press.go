package handoff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/vrep/vrep/store"
)

// PressAnswer is the line that replaces the buttons of the card that was pressed; "" leaves the card as it is.
type PressAnswer struct {
	Text string
}

// maxReason is the length of a decline's reason in characters.
const maxReason = 100

// Press answers a press on a card: task names the card, key the button, selected holds the option per drop-down list. Unknown cards and buttons are left
// as they are. An error means that nothing was done and the platform may send the press again.
func (d *Desk) Press(ctx context.Context, userID, key, task string, selected map[string]string) (PressAnswer, error) {
	lead := taskLead(task)
	if lead == "" {
		return PressAnswer{}, nil
	}
	var err error
	var done string
	switch key {
	case keyAccept:
		done = d.words.say("accepted")
		err = d.Accept(ctx, lead, userID)
	case keyDecline:
		reason := d.reason(selected[keyReason])
		done = d.words.say("declined", "reason", reason)
		err = d.Decline(ctx, lead, userID, reason)
	default:
		return PressAnswer{}, nil
	}
	if err == nil {
		return PressAnswer{Text: done}, nil
	}
	text := d.Explain(err)
	if text == "" {
		return PressAnswer{}, err
	}
	return PressAnswer{Text: text}, nil
}

// ChangeCard puts a line in place of the buttons of a card that was pressed, by the press's response code: its callback could not wait for the line.
func (d *Desk) ChangeCard(ctx context.Context, userID, responseCode, text string) error {
	if responseCode == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(responseCode))
	e, err := effect("press:"+hex.EncodeToString(sum[:16]), store.RepLane(userID), store.KindCardUpdate, store.CardUpdate{
		UserID: userID, ResponseCode: responseCode, Text: text,
	})
	if err != nil {
		return err
	}
	e.ValidUntil = d.now().Add(codeValid).UnixMilli()
	if err := d.store.AddEffects(ctx, []store.Effect{e}); err != nil {
		return err
	}
	d.wake()
	return nil
}

// Explain is what a rep is told about an error of this package; "" for outages and defects.
func (d *Desk) Explain(err error) string {
	var heard ErrHeard
	if !errors.As(err, &heard) {
		return d.explain(err, "")
	}
	if why := d.explain(heard.Why, "why_"); why != "" {
		return d.words.say("heard_only", "case", heard.Case, "why", why)
	}
	return d.words.say("heard_first", "case", heard.Case)
}

// Recorded tells a rep under which number an adverse event was recorded.
func (d *Desk) Recorded(no string) string { return d.words.say("heard", "case", no) }

// explain finds the words for a fact: a sentence, or with the prefix of the reasons the part of one.
func (d *Desk) explain(err error, prefix string) string {
	var taken ErrTaken
	if errors.As(err, &taken) {
		return d.words.say(prefix+"taken", "rep", taken.By)
	}
	for _, f := range []struct {
		fact error
		key  string
	}{
		{errErased, "erased"}, {ErrRenewed, "renewed"}, {errWithdrawn, "withdrawn"}, {errUnverified, "unverified"}, {ErrEnded, "ended"}, {ErrFiled, "filed"}, {ErrNotYours, "not_yours"}, {ErrFiling, "filing"},
		{ErrLinkExpired, "link_expired"}, {ErrLink, "link"},
	} {
		if errors.Is(err, f.fact) {
			return d.words.say(prefix + f.key)
		}
	}
	return ""
}

// reason turns a code into its words; other words are kept, cut to maxReason characters.
func (d *Desk) reason(said string) string {
	said = strings.Join(strings.Fields(d.words.Reasons.label(said)), " ")
	if said == "" {
		return d.words.say("no_reason")
	}
	if utf8.RuneCountInString(said) > maxReason {
		said = string([]rune(said)[:maxReason])
	}
	return said
}
