package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sighting is what a phone reads from a picture.
type sighting struct {
	scene, ticket string
	id            int64
	made          bool // the account has made this code
}

// codeOf resolves a scene, a ticket or the address in a code's picture.
// ErrConflict: the code is over. ErrUnknown: no code has that ticket or
// address; a scene that was never made stands for a code of elsewhere.
func (p *Platform) codeOf(in actBody) (sighting, error) {
	if len(in.Scene) > 64 {
		return sighting{}, fmt.Errorf("%w: a scene has at most 64 characters", ErrRefused)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ticket := p.ticketOf(in)
	switch c := p.state.Codes[ticket]; {
	case c == nil && (in.Ticket != "" || in.URL != ""):
		return sighting{}, fmt.Errorf("%w: no such code", ErrUnknown)
	case c == nil:
		return sighting{scene: in.Scene, ticket: digest("ticket", in.Scene)}, nil
	case p.over(c):
		return sighting{}, fmt.Errorf("%w: the code is over", ErrConflict)
	default:
		c.Scans++
		return sighting{c.Scene, ticket, c.SceneID, true}, nil
	}
}

// ticketOf finds the code that a body means; of several for one scene one that
// is not over. The caller holds the lock.
func (p *Platform) ticketOf(in actBody) string {
	if in.Ticket != "" {
		return in.Ticket
	}
	found := ""
	for ticket, c := range p.state.Codes {
		meant := in.URL != "" && c.URL == in.URL || in.URL == "" && in.Scene != "" && c.Scene == in.Scene
		if meant && (found == "" || !p.over(c)) {
			found = ticket
		}
	}
	return found
}

func (p *Platform) followAct(in actBody) (act, error) {
	c, err := p.codeOf(in)
	if err != nil {
		return act{}, err
	}
	if follows, _ := p.following(in.id); follows {
		if c.scene == "" {
			return act{}, nil
		}
		return p.scanned(c), nil
	}
	return p.subscribed(c), nil
}

func (p *Platform) subscribed(c sighting) act {
	a := act{msgType: "event", event: "subscribe", follow: true, scene: c.scene, sceneID: c.id, opens: opensQuick,
		bubble: p.event("followed", p.opts.BotName), parts: []part{txt("EventKey", "")}}
	if c.scene != "" {
		a.parts = []part{txt("EventKey", "qrscene_"+c.scene), txt("Ticket", c.ticket)}
	}
	return a
}

func (p *Platform) scanned(c sighting) act {
	return act{msgType: "event", event: "SCAN", opens: opensQuick, bubble: p.plainEvent("scanned"),
		parts: []part{txt("EventKey", c.scene), txt("Ticket", c.ticket)}}
}

// scanAct scans a code. One who unfollowed, and one who comes by a real code
// and never followed, is asked to follow first: the phone shows the profile,
// and following pushes subscribe.
func (p *Platform) scanAct(in actBody) (act, error) {
	c, err := p.codeOf(in)
	switch {
	case err != nil:
		return act{}, err
	case c.scene == "":
		return act{}, fmt.Errorf("%w: a scene has 1 to 64 characters", ErrRefused)
	}
	follows, left := p.following(in.id)
	if left || !follows && c.made {
		return p.subscribed(c), nil
	}
	return p.scanned(c), nil
}

func (p *Platform) unfollowAct(in actBody) (act, error) {
	if _, left := p.following(in.id); left {
		return act{}, nil
	}
	return act{msgType: "event", event: "unsubscribe", bubble: p.event("unfollowed", p.opts.BotName),
		parts: []part{txt("EventKey", "")}}, nil
}

// pressAct presses a menu button by its key; the button's type decides about
// the event, CLICK for a key that is in no menu.
func (p *Platform) pressAct(in actBody) (act, error) {
	if in.Key == "" {
		return act{}, fmt.Errorf("%w: key is empty", ErrRefused)
	}
	b := p.menuButton(in.id, func(b menuButton) bool { return b.Key == in.Key }, menuButton{Type: "click", Name: in.Key, Key: in.Key})
	in.Type = cmp.Or(in.Type, b.Type)
	switch {
	case strings.HasPrefix(in.Type, "scancode_"):
		return p.scanCodeAct(in)
	case strings.HasPrefix(in.Type, "pic_"):
		return p.picAct(in)
	case in.Type == "location_select":
		return p.placeAct(in)
	}
	return act{msgType: "event", event: "CLICK", opens: opensQuick, bubble: p.event("clicked", b.Name), parts: []part{txt("EventKey", in.Key)}}, nil
}

func (p *Platform) viewAct(in actBody) (act, error) {
	if !isHTTP(in.URL) {
		return act{}, fmt.Errorf("%w: url is not an http address", ErrRefused)
	}
	b := p.menuButton(in.id, func(b menuButton) bool { return b.URL == in.URL }, menuButton{Name: in.URL})
	return act{msgType: "event", event: "VIEW", bubble: p.event("viewed", b.Name),
		parts: []part{txt("EventKey", in.URL), txt("MenuId", "400000000")}}, nil
}

func (p *Platform) viewMiniAct(in actBody) (act, error) {
	if in.PagePath == "" {
		return act{}, fmt.Errorf("%w: pagepath is empty", ErrRefused)
	}
	b := p.menuButton(in.id, func(b menuButton) bool { return b.PagePath == in.PagePath }, menuButton{Name: in.PagePath})
	return act{msgType: "event", event: "view_miniprogram", bubble: p.event("opened_mini", b.Name),
		parts: []part{txt("EventKey", in.PagePath), txt("MenuId", "400000000")}}, nil
}

// typed takes an event type that must be one of a list, the first by default.
func typed(in actBody, allowed ...string) (string, error) {
	kind := cmp.Or(in.Type, allowed[0])
	if in.Key == "" || !slices.Contains(allowed, kind) {
		return "", fmt.Errorf("%w: key is needed, type must be one of %s", ErrRefused, strings.Join(allowed, ", "))
	}
	return kind, nil
}

func (p *Platform) scanCodeAct(in actBody) (act, error) {
	kind, err := typed(in, "scancode_waitmsg", "scancode_push")
	if err != nil {
		return act{}, err
	}
	return act{msgType: "event", event: kind, opens: opensQuick, bubble: p.plainEvent("scan_tool"),
		parts: []part{txt("EventKey", in.Key), group("ScanCodeInfo", txt("ScanType", "qrcode"), txt("ScanResult", in.Result))}}, nil
}

// picAct pushes the event and then the pictures as messages of their own.
func (p *Platform) picAct(in actBody) (act, error) {
	kind, err := typed(in, "pic_photo_or_album", "pic_sysphoto", "pic_weixin")
	if err != nil {
		return act{}, err
	}
	n := max(in.Count, 1)
	if n > 9 {
		return act{}, fmt.Errorf("%w: nine pictures at most", ErrRefused)
	}
	var list []part
	for i := range n {
		list = append(list, many("item", txt("PicMd5Sum", strings.ToLower(digest("picture", in.id, fmt.Sprint(i)))[:32])))
	}
	a := act{msgType: "event", event: kind, bubble: p.plainEvent("picked"),
		parts: []part{txt("EventKey", in.Key), group("SendPicsInfo", num("Count", int64(n)), group("PicList", list...))}}
	last := &a
	for range n {
		one, err := p.imageAct(in)
		if err != nil {
			return act{}, err
		}
		last.then = &one
		last = &one
	}
	return a, nil
}

// placeAct pushes the event and then the place as a message of its own.
func (p *Platform) placeAct(in actBody) (act, error) {
	if _, err := typed(in, "location_select"); err != nil {
		return act{}, err
	}
	place, err := p.locationAct(in)
	if err != nil {
		return act{}, err
	}
	return act{msgType: "event", event: "location_select", bubble: p.plainEvent("picked_place"), then: &place,
		parts: []part{txt("EventKey", in.Key), group("SendLocationInfo", txt("Location_X", degrees("", in.Latitude).Value),
			txt("Location_Y", degrees("", in.Longitude).Value), txt("Scale", "16"), txt("Label", in.Label), txt("Poiname", ""))}}, nil
}

func (p *Platform) reportAct(in actBody) (act, error) {
	if err := onEarth(in); err != nil {
		return act{}, err
	}
	return act{msgType: "event", event: "LOCATION",
		parts: []part{degrees("Latitude", in.Latitude), degrees("Longitude", in.Longitude), digits("Precision", "40.000000")}}, nil
}
