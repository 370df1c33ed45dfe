package handoff

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// The group: a robot speaks into a WeCom group and its link lets a rep take a lead without an application. A robot's message has no buttons that call
// back and is read by everybody in the group, so the link names the lead and the round of the offer, never a rep: whoever opens it says who they are. It
// shows no more than a card does, ends with the offer, and the group is told who took the lead.

// groupPurpose keeps links of the group and links of one rep apart.
const groupPurpose = "vrep handoff group 1"

// roundSize is the length of the round in a group's token, in bytes.
const roundSize = 4

// laneRobot is the lane of the robot's messages: they go out one after the other.
var laneRobot = store.RepLane("robot")

// ErrRenewed: the offer behind a group's link is over; the lead waits for nobody, or was offered anew.
var ErrRenewed = errors.New("handoff: offer of an earlier round")

// GroupLink is the address that goes into the group: one round of offering one lead, good for LinkValid.
func (d *Desk) GroupLink(lead string, round int64) string {
	return d.url + "/h/" + d.groupToken(lead, round, d.now().Add(LinkValid))
}

// groupToken is base64url of MAC, expiry, lead and round; "" for an id that is none.
func (d *Desk) groupToken(lead string, round int64, until time.Time) string {
	id, err := hex.DecodeString(lead)
	if err != nil || len(id) != leadSize {
		return ""
	}
	body := binary.BigEndian.AppendUint32(make([]byte, 0, expirySize+leadSize+roundSize), uint32((until.Unix()+59)/60))
	body = binary.BigEndian.AppendUint32(append(body, id...), uint32(round))
	return linkText.EncodeToString(append(d.macFor(groupPurpose, body), body...))
}

// OpenGroup gives the lead and the round of a group's token. ErrLink: not one of ours. ErrLinkExpired: ours, but too old.
func (d *Desk) OpenGroup(token string) (lead string, round int64, err error) {
	raw, err := linkText.DecodeString(token)
	if err != nil || len(raw) != macSize+expirySize+leadSize+roundSize {
		return "", 0, ErrLink
	}
	sum, body := raw[:macSize], raw[macSize:]
	if !hmac.Equal(sum, d.macFor(groupPurpose, body)) {
		return "", 0, ErrLink
	}
	if !d.now().Before(time.Unix(60*int64(binary.BigEndian.Uint32(body)), 0)) {
		return "", 0, ErrLinkExpired
	}
	body = body[expirySize:]
	return hex.EncodeToString(body[:leadSize]), int64(binary.BigEndian.Uint32(body[leadSize:])), nil
}

// Group is a lead as the group may see it, with the reps who may take it: code is the user id, label the name.
type Group struct {
	Brief Brief // as far as a card goes
	Reps  []Option
}

// Group reads what a group's link shows. ErrTaken: somebody has it. ErrEnded; ErrRenewed.
func (d *Desk) Group(ctx context.Context, lead string, round int64) (Group, error) {
	w, err := d.offeredTo(ctx, lead, round)
	if err != nil {
		return Group{}, err
	}
	reps, err := d.takers(ctx, w)
	if err != nil {
		return Group{}, err
	}
	g := Group{Brief: d.outline(w, "")}
	for _, r := range reps {
		g.Reps = append(g.Reps, Option{Code: r.UserID, Label: r.Name})
	}
	return g, nil
}

// TakeFromGroup gives the lead to the rep who said so on the group's page; the first one wins. ErrNotYours: the rep is none of those who may take it.
// Otherwise as Group.
func (d *Desk) TakeFromGroup(ctx context.Context, lead string, round int64, rep string) error {
	return d.retry(func() error {
		w, err := d.offeredTo(ctx, lead, round)
		if err != nil {
			return err
		}
		reps, err := d.takers(ctx, w)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(reps, func(r store.RepEntry) bool { return r.UserID == rep })
		if i < 0 {
			return ErrNotYours
		}
		spec, err := d.acceptance(w, reps[i].Rep)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(w.Offers, func(o store.Offer) bool { return o.Rep == rep }) {
			spec.Offers = []store.Offer{{
				Rep: rep, Status: store.OfferAccepted, Task: taskID(w.ID, rep, round), At: d.ms(), AnsweredAt: d.ms(),
			}}
		}
		_, err = d.store.MoveLead(ctx, spec)
		return err
	})
}

// offeredTo reads a lead that is still on offer in the given round.
func (d *Desk) offeredTo(ctx context.Context, lead string, round int64) (store.LeadWork, error) {
	w, err := d.store.Lead(ctx, lead)
	if errors.Is(err, store.ErrNotFound) {
		return w, ErrLink
	}
	if err != nil {
		return w, err
	}
	if err := d.standing(ctx, w, ""); err != nil {
		return w, err
	}
	if w.Status != store.LeadAssigned || newestRound(w.Offers) != round {
		return w, ErrRenewed
	}
	return w, nil
}

// newestRound is the round of the newest offer, 0 without one.
func newestRound(offers []store.Offer) int64 {
	var newest int64
	for _, o := range offers {
		if parts := strings.Split(o.Task, "-"); len(parts) == 4 {
			if n, err := strconv.ParseInt(parts[2], 10, 64); err == nil {
				newest = max(newest, n)
			}
		}
	}
	return newest
}

// takers are the reps who may take a lead from the group: all those who fit, not only the few who were sent a card.
func (d *Desk) takers(ctx context.Context, w store.LeadWork) ([]store.RepEntry, error) {
	reps, err := d.store.Reps(ctx)
	if err != nil {
		return nil, err
	}
	fit, _ := d.candidates(w, reps)
	slices.SortFunc(fit, func(a, b store.RepEntry) int { return strings.Compare(a.UserID, b.UserID) })
	return fit, nil
}

// announce tells the group of an offer.
func (d *Desk) announce(w store.LeadWork, round int64) (store.Effect, error) {
	text := []string{d.hospital(w.Who) + d.words.Between + d.words.Kinds.label(w.Kind), d.why(w)}
	if w.DueAt > 0 {
		text = append(text, d.words.Card.Due+" "+d.at(w.DueAt).Format("01-02 15:04"))
	}
	return effect(leadKey(w.ID, round, "robot"), laneRobot, store.KindRobot, store.Robot{
		Title: fill(d.words.Card.Title, "surname", d.surname(w.Who)), Text: strings.Join(text, "\n"), URL: d.GroupLink(w.ID, round),
	})
}

// report tells the group what became of a lead.
func (d *Desk) report(w store.LeadWork, version int64, what, text string) (store.Effect, error) {
	e, err := effect(leadKey(w.ID, version, "robot:"+what), laneRobot, store.KindRobot, store.Robot{Title: d.words.say("group_title"), Text: text})
	if err != nil {
		return e, fmt.Errorf("telling the group: %w", err)
	}
	return e, nil
}
