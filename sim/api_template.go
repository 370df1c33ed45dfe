package sim

import (
	"net/http"
	"strconv"
	"time"
)

// clientIDLife is how long a client_msg_id keeps a message from being sent
// twice; source: the page on template messages.
const clientIDLife = 10 * time.Minute

var (
	errTemplate  = &apiError{code: 40037, text: "invalid template_id"}
	errNoConsent = &apiError{code: 43101, text: "user refuse to accept the msg"}
)

type miniLink struct {
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
}

// templateSend is POST message/template/send. The report comes later.
func (p *Platform) templateSend(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ToUser      string                   `json:"touser"`
		TemplateID  string                   `json:"template_id"`
		URL         string                   `json:"url"`
		Mini        *miniLink                `json:"miniprogram"`
		ClientMsgID string                   `json:"client_msg_id"`
		Data        map[string]templateValue `json:"data"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, t := p.byOpen[in.ToUser], p.state.Templates[in.TemplateID]
	switch {
	case u == nil:
		return nil, errOpenID
	case t.Kind != TemplateNotice:
		return nil, errTemplate
	case !u.Following:
		return nil, &apiError{code: 43004, text: "require subscribe"}
	}
	m, fault := p.templateMessage(t, in.Data, in.URL, in.Mini)
	if fault != nil {
		return nil, fault
	}
	key := "template\x00" + in.ToUser + "\x00" + in.ClientMsgID
	if sent, ok := p.state.Sends[key]; ok && in.ClientMsgID != "" && p.now().UnixMilli()-sent.At < clientIDLife.Milliseconds() {
		return map[string]any{"msgid": asNumber(sent.MsgID)}, nil
	}
	id := p.nextMsgID()
	if in.ClientMsgID != "" {
		p.rememberSend(key, id)
	}
	status := "success"
	if u.Habits.BlocksTemplates || u.Habits.Blacklisted {
		status = "failed:user block"
	} else {
		m.From, m.Kind, m.Via = "bot", "template", "template"
		p.post(u, m)
		p.count.add(&p.count.Templates)
	}
	p.later(templateReport, report{User: u.ID, Event: "TEMPLATESENDJOBFINISH", Parts: []part{digits("MsgID", id), txt("Status", status)}})
	return map[string]any{"msgid": asNumber(id)}, nil
}

// templateMessage fills a template; the caller holds the lock.
func (p *Platform) templateMessage(t Template, data map[string]templateValue, url string, mini *miniLink) (Message, *apiError) {
	rows, fault := t.rows(data)
	if fault != nil {
		return Message{}, fault
	}
	if url != "" && !isHTTP(url) {
		return Message{}, &apiError{code: 40048, text: "invalid url domain"}
	}
	m := Message{Title: t.Title, URL: url, Rows: rows}
	for _, row := range rows {
		m.Text = joinLines(m.Text, row.Name+" "+row.Value)
	}
	if mini == nil || mini.AppID == "" {
		return m, nil
	}
	if fault := p.boundMini(mini.AppID); fault != nil {
		return Message{}, fault
	}
	m.AppID, m.PagePath = mini.AppID, mini.PagePath
	return m, nil
}

// boundMini refuses a mini-program that is not bound to the account; the caller holds the lock.
func (p *Platform) boundMini(appid string) *apiError {
	for _, id := range p.state.Account.MiniApps {
		if id == appid {
			return nil
		}
	}
	return &apiError{code: 40013, text: "invalid appid"}
}

// rememberSend keeps a client's id; old ones leave. The caller holds the lock.
func (p *Platform) rememberSend(key, id string) {
	now := p.now().UnixMilli()
	for k, s := range p.state.Sends {
		if now-s.At > massMemory.Milliseconds() {
			delete(p.state.Sends, k)
		}
	}
	p.state.Sends[key] = sentCopy{MsgID: id, At: now}
}

func asNumber(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0 // cannot happen: ids are drawn as numbers
	}
	return n
}

// templateList is GET template/get_all_private_template.
func (p *Platform) templateList(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]string{}
	for _, t := range p.templates(TemplateNotice) {
		list = append(list, map[string]string{"template_id": t.ID, "title": t.Title, "content": t.content(),
			"primary_industry": "", "deputy_industry": "", "example": ""})
	}
	return map[string]any{"template_list": list}, nil
}

// subscribeList is GET newtmpl/gettemplate.
func (p *Platform) subscribeList(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []map[string]any{}
	for _, t := range p.templates(TemplateSubscribe) {
		list = append(list, map[string]any{"priTmplId": t.ID, "title": t.Title, "content": t.content(), "example": "", "type": 2})
	}
	return map[string]any{"data": list}, nil
}

// subscribeSend is POST message/subscribe/bizsend: each message uses up one
// consent. Following is not needed.
func (p *Platform) subscribeSend(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ToUser     string                   `json:"touser"`
		TemplateID string                   `json:"template_id"`
		Page       string                   `json:"page"`
		Mini       *miniLink                `json:"miniprogram"`
		Data       map[string]templateValue `json:"data"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, t := p.byOpen[in.ToUser], p.state.Templates[in.TemplateID]
	switch {
	case u == nil:
		return nil, errOpenID
	case t.Kind != TemplateSubscribe:
		return nil, errTemplate
	}
	m, fault := p.templateMessage(t, in.Data, in.Page, in.Mini)
	switch {
	case fault != nil && fault.code == 40048:
		return nil, &apiError{code: 41030, text: "invalid page"}
	case fault != nil:
		return nil, fault
	case u.Permits[t.ID] == 0 || u.Habits.Blacklisted:
		return nil, errNoConsent
	}
	u.Permits[t.ID]--
	m.From, m.Kind, m.Via = "bot", "subscribe", "subscribe"
	p.post(u, m)
	p.count.add(&p.count.Subscribes)
	id := p.nextMsgID()
	p.later(templateReport, report{User: u.ID, Event: "subscribe_msg_sent_event", Parts: []part{flat("SubscribeMsgSentEvent",
		many("List", txt("TemplateId", t.ID), txt("MsgID", id), txt("ErrorCode", "0"), txt("ErrorStatus", "success")))}})
	return map[string]any{"msgid": asNumber(id)}, nil
}
