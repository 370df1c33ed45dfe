package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Values of Account.
const (
	ModePlain  = "plain"  // callbacks and replies are plain text
	ModeCompat = "compat" // callbacks carry both; replies may be either
	ModeSafe   = "safe"   // callbacks and replies are sealed

	FormatXML  = "xml"
	FormatJSON = "json"

	KindService      = "service"
	KindTest         = "test"
	KindSubscription = "subscription"

	MenuIDSent    = "sent"    // bizmsgmenuid as the menu named it
	MenuIDZero    = "zero"    // always 0, as reported from some accounts
	MenuIDMissing = "missing" // never sent, as on test accounts
)

// Account is what the platform's back office knows of the official account
// beside its keys. It is part of snapshots; GET and PUT /_sim/account read and
// change it while running.
type Account struct {
	Mode      string           `json:"mode"`
	Format    string           `json:"format"`
	Kind      string           `json:"kind"`
	Certified bool             `json:"certified"`
	MenuIDs   string           `json:"menu_ids"`
	UnionIDs  bool             `json:"union_ids"`         // bound to an Open Platform account
	IPs       []string         `json:"ip_whitelist"`      // who may fetch tokens; empty: anyone
	CorpIPs   []string         `json:"corp_ip_whitelist"` // who may call WeCom; empty: anyone
	Domains   []string         `json:"web_domains"`       // where OAuth may return to, host or host:port; empty: anywhere
	MiniApps  []string         `json:"mini_apps"`         // appids of bound mini-programs
	Limits    map[string]int64 `json:"limits"`            // calls a day by path; replaces the platform's figure
}

func defaultAccount() Account {
	return Account{Mode: ModeSafe, Format: FormatXML, Kind: KindService, Certified: true, MenuIDs: MenuIDSent,
		IPs: []string{}, CorpIPs: []string{}, Domains: []string{}, MiniApps: []string{}, Limits: map[string]int64{}}
}

func (a Account) check() error {
	for _, c := range []struct {
		key, value string
		allowed    []string
	}{
		{"mode", a.Mode, []string{ModePlain, ModeCompat, ModeSafe}},
		{"format", a.Format, []string{FormatXML, FormatJSON}},
		{"kind", a.Kind, []string{KindService, KindTest, KindSubscription}},
		{"menu_ids", a.MenuIDs, []string{MenuIDSent, MenuIDZero, MenuIDMissing}},
	} {
		if !slices.Contains(c.allowed, c.value) {
			return fmt.Errorf("%w: %s must be one of %s", ErrRefused, c.key, strings.Join(c.allowed, ", "))
		}
	}
	for path, n := range a.Limits {
		if n < 0 {
			return fmt.Errorf("%w: the limit of %s is negative", ErrRefused, path)
		}
	}
	return nil
}

// clone keeps callers from changing the platform's own account.
func (a Account) clone() Account {
	a.IPs, a.CorpIPs = slices.Clone(a.IPs), slices.Clone(a.CorpIPs)
	a.Domains, a.MiniApps = slices.Clone(a.Domains), slices.Clone(a.MiniApps)
	a.Limits = maps.Clone(a.Limits)
	return a
}

// may reports whether an account of this kind has been granted a call. Test
// accounts have nearly all of them.
func (a Account) may(needs grant) bool {
	switch {
	case needs == grantAny || a.Kind == KindTest:
		return true
	case needs == grantVerified:
		return a.Certified
	}
	return a.Certified && a.Kind == KindService
}

// menuID is what a press on a menu line sends as bizmsgmenuid; false for nothing.
func (a Account) menuID(id string) (string, bool) {
	switch {
	case a.MenuIDs == MenuIDMissing || a.Kind == KindTest:
		return "", false
	case a.MenuIDs == MenuIDZero:
		return "0", true
	}
	return id, true
}

// SetAccount replaces the account's settings; ErrRefused for unknown values.
func (p *Platform) SetAccount(a Account) error {
	if err := a.check(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Account = a.clone()
	p.changed("account")
	return nil
}

// AccountSettings is a copy of the account's settings.
func (p *Platform) AccountSettings() Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state.Account.clone()
}

// accountView adds what nobody can change but tests and pages want to know.
type accountView struct {
	Account
	AppID      string `json:"app_id"`
	OriginalID string `json:"original_id"`
	CorpID     string `json:"corp_id"`
	AgentID    string `json:"agent_id"`
	RobotKey   string `json:"robot_key"`
}

func (p *Platform) accountView() accountView {
	return accountView{Account: p.AccountSettings(), AppID: p.opts.AppID, OriginalID: p.opts.OriginalID,
		CorpID: p.opts.CorpID, AgentID: p.opts.AgentID, RobotKey: p.opts.RobotKey}
}

func (p *Platform) getAccount(w http.ResponseWriter, _ *http.Request) { answer(w, p.accountView()) }

// putAccount changes the settings that the body names.
func (p *Platform) putAccount(w http.ResponseWriter, r *http.Request) {
	a := p.AccountSettings()
	err := readBody(w, r, &a)
	if err == nil {
		err = p.SetAccount(a)
	}
	reply(w, p.accountView(), err)
}
