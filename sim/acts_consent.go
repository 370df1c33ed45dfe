package sim

import (
	"cmp"
	"fmt"
)

// consentAct answers a subscribe popup. Consents add up: each accepted template
// may be sent to once more.
func (p *Platform) consentAct(in actBody) (act, error) {
	if err := p.subscribeTemplates(in.Templates, 3); err != nil {
		return act{}, err
	}
	var list []part
	for _, c := range in.Templates {
		status := "reject"
		if c.Accept {
			status = "accept"
		}
		list = append(list, many("List", txt("TemplateId", c.ID), txt("SubscribeStatusString", status), txt("PopupScene", cmp.Or(in.PopupScene, "0"))))
	}
	return act{msgType: "event", event: "subscribe_msg_popup_event", bubble: p.plainEvent("consented"),
		parts: []part{flat("SubscribeMsgPopupEvent", list...)},
		change: func(_ *Platform, u *user) {
			if u.Permits == nil {
				u.Permits = map[string]int{}
			}
			for _, c := range in.Templates {
				if c.Accept {
					u.Permits[c.ID]++
				}
			}
		}}, nil
}

// withdrawAct turns notices off: consents that were given are gone.
func (p *Platform) withdrawAct(in actBody) (act, error) {
	if err := p.subscribeTemplates(in.Templates, 25); err != nil {
		return act{}, err
	}
	var list []part
	for _, c := range in.Templates {
		list = append(list, many("List", txt("TemplateId", c.ID), txt("SubscribeStatusString", "reject")))
	}
	return act{msgType: "event", event: "subscribe_msg_change_event", bubble: p.plainEvent("withdrew"),
		parts: []part{flat("SubscribeMsgChangeEvent", list...)},
		change: func(_ *Platform, u *user) {
			for _, c := range in.Templates {
				delete(u.Permits, c.ID)
			}
		}}, nil
}

// subscribeTemplates checks that a popup shows templates of the account, as
// many as a popup can show.
func (p *Platform) subscribeTemplates(list []consentChoice, most int) error {
	if len(list) == 0 || len(list) > most {
		return fmt.Errorf("%w: one to %d templates", ErrRefused, most)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range list {
		if p.state.Templates[c.ID].Kind != TemplateSubscribe {
			return fmt.Errorf("%w: no subscribe template %.64q", ErrUnknown, c.ID)
		}
	}
	return nil
}
