package sim

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
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
		o := p.deliver(p.wecomPeer(), parcel{plain: plain, to: p.opts.CorpID, agent: p.opts.AgentID})
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
	case !slices.ContainsFunc(m.Card.Buttons, func(b CardButton) bool { return b.Type == 0 && b.Key == in.Key }):
		return nil, nil, fmt.Errorf("%w: no such button", ErrUnknown)
	}
	option, err := m.Card.chosen(in.Selected)
	if err != nil {
		return nil, nil, err
	}
	if err := p.begin(); err != nil {
		return nil, nil, err
	}
	p.count.add(&p.count.Presses)
	return m, p.cardEventXML(userid, m, in.Key, option), nil
}

// chosen is the option that travels with a press, "" for none.
func (c *Card) chosen(selected map[string]string) (string, error) {
	if c.Selection == nil {
		if len(selected) > 0 {
			return "", fmt.Errorf("%w: the card has no question", ErrRefused)
		}
		return "", nil
	}
	option, ok := selected[c.Selection.Key]
	switch {
	case !ok && len(selected) > 0:
		return "", fmt.Errorf("%w: no such question", ErrUnknown)
	case !ok || option == "":
		return c.Selection.Selected, nil
	case !slices.ContainsFunc(c.Selection.Options, func(o CardOption) bool { return o.ID == option }):
		return "", fmt.Errorf("%w: no such option", ErrUnknown)
	}
	return option, nil
}

func (p *Platform) cardEventXML(userid string, m *RepMessage, key, option string) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	element(&b, "ToUserName", p.opts.CorpID)
	element(&b, "FromUserName", userid)
	number(&b, "CreateTime", strconv.FormatInt(p.now().Unix(), 10))
	element(&b, "MsgType", "event")
	element(&b, "Event", "template_card_event")
	element(&b, "EventKey", key)
	element(&b, "TaskId", m.Task)
	element(&b, "CardType", m.Card.CardType)
	element(&b, "ResponseCode", p.newCode(m.Task))
	number(&b, "AgentID", p.opts.AgentID)
	if option != "" {
		b.WriteString("<SelectedItems><SelectedItem>")
		element(&b, "QuestionKey", m.Card.Selection.Key)
		b.WriteString("<OptionIds>")
		element(&b, "OptionId", option)
		b.WriteString("</OptionIds></SelectedItem></SelectedItems>")
	}
	b.WriteString("</xml>")
	return b.Bytes()
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
