package handoff

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
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

// Explain is what a rep is told about an error of this package; "" for outages and defects.
func (d *Desk) Explain(err error) string {
	var taken ErrTaken
	switch {
	case errors.As(err, &taken):
		return d.words.say("taken", "rep", taken.By)
	case errors.Is(err, errWithdrawn):
		return d.words.say("withdrawn")
	case errors.Is(err, ErrEnded):
		return d.words.say("ended")
	case errors.Is(err, ErrFiled):
		return d.words.say("filed")
	case errors.Is(err, ErrNotYours):
		return d.words.say("not_yours")
	case errors.Is(err, ErrFiling):
		return d.words.say("filing")
	case errors.Is(err, ErrLinkExpired):
		return d.words.say("link_expired")
	case errors.Is(err, ErrLink):
		return d.words.say("link")
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
