package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	official "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/menu"

	"github.com/vrep/vrep/bot"
)

// codeNoMenu is the platform's word for an account without a menu.
const codeNoMenu = 46003

var _ bot.MenuPlatform = (*Sender)(nil)

// platformMenu is the answer of menu/get. The SDK's reading knows the tag of a personalised menu only by a name that the platform has given up.
type platformMenu struct {
	Menu struct {
		Button []*menu.Button `json:"button"`
	} `json:"menu"`
	Personal []personalMenu `json:"conditionalmenu"`
}

type personalMenu struct {
	Button []*menu.Button `json:"button"`
	Rule   struct {
		Tag   json.RawMessage `json:"tag_id"`   // a number, or the same in quotes
		Group json.RawMessage `json:"group_id"` // the older name
	} `json:"matchrule"`
	ID json.RawMessage `json:"menuid"`
}

// forTag tells whether a personalised menu is the one of a tag.
func (p personalMenu) forTag(id int32) bool {
	want := strconv.Itoa(int(id))
	return id != 0 && (strings.Trim(string(p.Rule.Tag), `"`) == want || strings.Trim(string(p.Rule.Group), `"`) == want)
}

// SyncMenu implements bot.MenuPlatform: the menu for everyone, and by VerifiedTag the one for verified doctors. Menus for other tags are left alone, and
// nothing is written that the platform has already.
func (s *Sender) SyncMenu(ctx context.Context, m bot.AccountMenu) (changed bool, err error) {
	now, err := s.currentMenu(ctx)
	if err != nil {
		return false, err
	}
	if want := buttons(m.Everyone); !sameButtons(now.Menu.Button, want) {
		if err := s.withMenus(ctx, func(api *menu.Menu) error { return api.SetMenu(want) }); err != nil {
			return false, err
		}
		changed = true
	}
	personal, err := s.syncVerified(ctx, now.Personal, buttons(m.Verified))
	return changed || personal, err
}

// MenuDiffers tells whether SyncMenu would change anything, without changing anything.
func (s *Sender) MenuDiffers(ctx context.Context, m bot.AccountMenu) (bool, error) {
	now, err := s.currentMenu(ctx)
	if err != nil {
		return false, err
	}
	id, err := s.verifiedTag(ctx, false)
	if err != nil {
		return false, err
	}
	stale, found := ours(now.Personal, id, buttons(m.Verified))
	return !sameButtons(now.Menu.Button, buttons(m.Everyone)) || len(stale) > 0 || !found && len(m.Verified) > 0, nil
}

// syncVerified replaces the menu of verified doctors when it differs.
func (s *Sender) syncVerified(ctx context.Context, personal []personalMenu, want []*menu.Button) (changed bool, err error) {
	id, err := s.verifiedTag(ctx, len(want) > 0)
	if id == 0 || err != nil {
		return false, err
	}
	stale, found := ours(personal, id, want)
	for _, p := range stale {
		old, err := strconv.ParseInt(strings.Trim(string(p.ID), `"`), 10, 64)
		if err != nil {
			return false, s.wechat.fault(bot.ClassRetry, "garbled")
		}
		if err := s.withMenus(ctx, func(api *menu.Menu) error { return api.DeleteConditional(old) }); err != nil {
			return false, err
		}
	}
	if found || len(want) == 0 {
		return len(stale) > 0, nil
	}
	body, err := encoded(map[string]any{"button": want, "matchrule": map[string]string{"tag_id": strconv.Itoa(int(id))}})
	if err != nil {
		return false, s.wechat.fault(bot.ClassContent, "payload")
	}
	err = s.withMenus(ctx, func(api *menu.Menu) error { return api.AddConditionalByJSON(string(body)) })
	return err == nil, s.tagFailed(err)
}

// ours parts the personalised menus of a tag: those to be deleted, and whether the wanted one is there.
func ours(personal []personalMenu, id int32, want []*menu.Button) (stale []personalMenu, found bool) {
	for _, p := range personal {
		switch {
		case !p.forTag(id):
		case !found && len(want) > 0 && sameButtons(p.Button, want):
			found = true
		default:
			stale = append(stale, p)
		}
	}
	return stale, found
}

// currentMenu reads what the platform has; an account without a menu has an empty one.
func (s *Sender) currentMenu(ctx context.Context) (platformMenu, error) {
	var now platformMenu
	answer, err := s.wechat.do(ctx, request{method: http.MethodGet, path: "/cgi-bin/menu/get"})
	if refusal := (*bot.SendError)(nil); errors.As(err, &refusal) && refusal.Code == codeNoMenu {
		return now, nil
	}
	if err != nil {
		return now, again(err)
	}
	if json.Unmarshal(answer, &now) != nil {
		return now, s.wechat.fault(bot.ClassRetry, "garbled")
	}
	return now, nil
}

// withMenus makes a call of the SDK's part for menus. Every one of them may be repeated.
func (s *Sender) withMenus(ctx context.Context, call func(api *menu.Menu) error) error {
	t, leave := s.exchange.enter(ctx, s.wechat)
	defer leave()
	return again(s.bare(s.wechat, call(menu.NewMenu(&official.Context{AccessTokenHandle: t}))))
}

// buttons are a menu as the platform writes it.
func buttons(list []bot.MenuButton) []*menu.Button {
	var out []*menu.Button
	for _, b := range list {
		button := &menu.Button{Name: b.Name, Key: b.Key, URL: b.URL, SubButtons: buttons(b.Sub)}
		switch {
		case b.Key != "":
			button.Type = "click"
		case b.URL != "":
			button.Type = "view"
		}
		out = append(out, button)
	}
	return out
}

// sameButtons compares two menus; the platform writes empty lists where there is nothing below a button.
func sameButtons(a, b []*menu.Button) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && len(a) == len(b) && (len(a) == 0 || bytes.Equal(x, y))
}
