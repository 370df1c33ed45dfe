package sim

import (
	"encoding/json"
	"net/http"
)

// hand puts a message on the phones of its receivers and returns its msgid; a
// member over the limit gets nothing and nobody is told. The caller holds the lock.
func (p *Platform) hand(m RepMessage, to []string) string {
	msgid := token(42)
	for _, userid := range to {
		if !p.hears(userid) {
			p.count.add(&p.count.RepDropped)
			continue
		}
		p.state.Reps[userid] = p.stamped(p.state.Reps[userid], m)
		p.count.add(&p.count.RepMessages)
		p.changed("rep:" + userid)
	}
	return msgid
}

// cardUpdate is the body of message/update_template_card.
type cardUpdate struct {
	UserIDs       []string        `json:"userids"`
	PartyIDs      []int           `json:"partyids"`
	TagIDs        []int           `json:"tagids"`
	AtAll         int             `json:"atall"`
	AgentID       json.RawMessage `json:"agentid"`
	ResponseCode  string          `json:"response_code"`
	EnableIDTrans int             `json:"enable_id_trans"`
	Button        *struct {
		ReplaceName string `json:"replace_name"`
	} `json:"button"`
	Card *Card `json:"template_card"`
}

// corpUpdateCard is POST message/update_template_card. The platform's pages do
// not name the code for a spent response_code; 40058 stands for it here.
func (p *Platform) corpUpdateCard(r *http.Request) (map[string]any, *apiError) {
	var in cardUpdate
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	switch {
	case !p.ownAgent(in.AgentID):
		return nil, &apiError{code: 40056, text: "invalid agentid"}
	case (in.Button == nil) == (in.Card == nil):
		return nil, badParameter("either button or template_card")
	case in.Button != nil && in.Button.ReplaceName == "":
		return nil, badParameter("button.replace_name missing")
	case in.AtAll == 0 && len(in.UserIDs)+len(in.PartyIDs)+len(in.TagIDs) == 0:
		return nil, badParameter("nobody to update")
	}
	if in.Card != nil {
		if problem := in.Card.problem(false); problem != "" {
			return nil, badParameter(problem)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := p.state.Replies[in.ResponseCode]
	if code == nil || code.Used || p.now().UnixMilli() >= code.Until {
		return nil, badParameter("response_code invalid, used or expired")
	}
	code.Used = true
	p.changed("codes")
	return map[string]any{"invaliduser": p.updateAll(in, code.Task)}, nil
}

// updateAll changes the task's cards of the named receivers and returns those
// who never got one; the caller holds the lock.
func (p *Platform) updateAll(in cardUpdate, task string) []string {
	invalid := []string{}
	named := in.UserIDs
	if in.AtAll != 0 {
		named = nil
		for _, r := range p.opts.Reps {
			named = append(named, r.UserID)
		}
	}
	for _, userid := range named {
		found := false
		for _, m := range p.state.Reps[userid] {
			if m.Task != task {
				continue
			}
			found = true
			name := ""
			if in.Button != nil {
				name = in.Button.ReplaceName
			}
			p.replace(userid, m, name, in.Card)
		}
		if !found && in.AtAll == 0 {
			invalid = append(invalid, userid)
		}
	}
	return invalid
}

// replace puts a text in place of the buttons, or a whole new card in place of
// the old one; the caller holds the lock.
func (p *Platform) replace(userid string, m *RepMessage, name string, card *Card) {
	if card != nil {
		m.Card, m.Replaced = card, card.ReplaceText
	} else {
		m.Replaced = name
	}
	p.changed("rep:" + userid)
}
