package sim

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// press is what a rep does to a card.
type press struct {
	Message  string            `json:"message"`
	Key      string            `json:"key"`
	Selected map[string]string `json:"selected"`
}

// pressResult is the answer of the control call.
type pressResult struct {
	Status   int    `json:"status"`   // HTTP status of the callback
	Attempts int    `json:"attempts"` // deliveries
	Replaced string `json:"replaced"` // what now stands in place of the buttons
}

// cardReply is the plain passive reply to a card event.
type cardReply struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Button       struct{ ReplaceName string }
	TemplateCard *Card
}

// pressCard posts the card event and applies the passive update.
// ErrUnknown: no such message or button. ErrConflict: the buttons are gone.
func (p *Platform) pressCard(ctx context.Context, userid string, in press) (pressResult, error) {
	m, plain, err := p.cardEvent(userid, in)
	if err != nil {
		return pressResult{}, err
	}
	done := make(chan pressResult, 1)
	failed := make(chan error, 1)
	go func() {
		defer p.wg.Done()
		o := p.deliver(p.wecomPeer(), parcel{plain: plain, to: p.opts.CorpID, agent: p.opts.AgentID}, nil)
		err := p.applyCardReply(userid, m, in, o)
		if err != nil {
			failed <- err
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		done <- pressResult{Status: o.status, Attempts: o.attempts, Replaced: m.Replaced}
	}()
	select {
	case r := <-done:
		return r, nil
	case err := <-failed:
		return pressResult{}, err
	case <-ctx.Done():
		return pressResult{}, fmt.Errorf("waiting for the callback: %w", ctx.Err())
	}
}

// cardEvent checks the press and writes its callback; on success one unit of
// background work is registered that the caller must end.
func (p *Platform) cardEvent(userid string, in press) (*RepMessage, []byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.isRep(userid) {
		return nil, nil, fmt.Errorf("%w: no such rep", ErrUnknown)
	}
	i := slices.IndexFunc(p.state.Reps[userid], func(m *RepMessage) bool { return m.ID == in.Message })
	if i < 0 {
		return nil, nil, fmt.Errorf("%w: no such message", ErrUnknown)
	}
	m := p.state.Reps[userid][i]
	switch {
	case m.Card == nil:
		return nil, nil, fmt.Errorf("%w: the message has no buttons", ErrConflict)
	case m.Replaced != "":
		return nil, nil, fmt.Errorf("%w: the buttons were replaced", ErrConflict)
	case !m.Card.calls(in.Key):
		return nil, nil, fmt.Errorf("%w: no such button", ErrUnknown)
	}
	chosen, err := m.Card.chosen(in.Selected)
	if err != nil {
		return nil, nil, err
	}
	if err := p.begin(); err != nil {
		return nil, nil, err
	}
	p.count.add(&p.count.Presses)
	return m, p.cardEventXML(userid, m, in.Key, chosen), nil
}

// picked is what travels with a press for one question.
type picked struct {
	question string
	options  []string
}

// chosen is what travels with a press: each question with the options taken,
// several of a checkbox separated by |. A drop-down list that was not touched
// sends what it shows.
func (c *Card) chosen(selected map[string]string) ([]picked, error) {
	known := c.questions()
	for key := range selected {
		if !slices.ContainsFunc(known, func(q CardQuestion) bool { return q.Key == key }) {
			return nil, fmt.Errorf("%w: no such question", ErrUnknown)
		}
	}
	var out []picked
	for _, q := range known {
		value := cmp.Or(selected[q.Key], q.Selected)
		if value == "" {
			continue
		}
		one := picked{q.Key, strings.Split(value, "|")}
		for _, id := range one.options {
			if !slices.ContainsFunc(q.Options, func(o CardOption) bool { return o.ID == id }) {
				return nil, fmt.Errorf("%w: no such option", ErrUnknown)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

func (p *Platform) cardEventXML(userid string, m *RepMessage, key string, chosen []picked) []byte {
	parts := []part{txt("ToUserName", p.opts.CorpID), txt("FromUserName", userid), num("CreateTime", p.now().Unix()),
		txt("MsgType", "event"), txt("Event", "template_card_event"), txt("EventKey", key), txt("TaskId", m.Task),
		txt("CardType", m.Card.CardType), txt("ResponseCode", p.newCode(m.Task)), digits("AgentID", p.opts.AgentID)}
	var items []part
	for _, c := range chosen {
		var options []part
		for _, id := range c.options {
			options = append(options, txt("OptionId", id))
		}
		items = append(items, many("SelectedItem", txt("QuestionKey", c.question), group("OptionIds", options...)))
	}
	if items != nil {
		parts = append(parts, group("SelectedItems", items...))
	}
	return encode(parts, FormatXML)
}

// applyCardReply reads the passive reply: nothing, update_button or
// update_template_card. It changes the card of the rep who pressed only.
func (p *Platform) applyCardReply(userid string, m *RepMessage, in press, o outcome) error {
	if o.err != nil {
		return fmt.Errorf("%w: %w", errPeer, o.err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m.Selected = in.Selected
	p.changed("rep:" + userid)
	if o.reply == nil {
		return nil
	}
	var r cardReply
	if err := xml.Unmarshal(o.reply, &r); err != nil {
		return p.refuse("plain reply is not well-formed XML")
	}
	switch {
	case r.ToUserName != userid || r.FromUserName != p.opts.CorpID:
		return p.refuse("names are not swapped")
	case r.MsgType == "update_button" && r.Button.ReplaceName != "":
		p.replace(userid, m, r.Button.ReplaceName, nil)
		return nil
	case r.MsgType == "update_template_card" && r.TemplateCard != nil:
		if problem := r.TemplateCard.problem(false); problem != "" {
			return p.refuse(problem)
		}
		p.replace(userid, m, "", r.TemplateCard)
		return nil
	}
	return p.refuse("MsgType or its content")
}

func (p *Platform) refuse(why string) error {
	p.count.add(&p.count.RefusedReplies)
	return fmt.Errorf("%w: %w: %s", errPeer, errReply, why)
}

func (p *Platform) postPress(w http.ResponseWriter, r *http.Request) {
	var in press
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	res, err := p.pressCard(r.Context(), r.PathValue("userid"), in)
	reply(w, res, err)
}
