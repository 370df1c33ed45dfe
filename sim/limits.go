package sim

import (
	"net/http"
	"time"
)

// beijing is the zone of the platform's days and months.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Calls a day of a certified service account; source: the platform's page on
// call limits, and the pages of the calls. Test accounts have about a tenth.
var dayLimits = map[string]int64{
	"/cgi-bin/token":                     2_000,
	"/cgi-bin/stable_token":              500_000,
	"/cgi-bin/menu/create":               1_000,
	"/cgi-bin/menu/get":                  10_000,
	"/cgi-bin/menu/delete":               1_000,
	"/cgi-bin/menu/addconditional":       2_000,
	"/cgi-bin/menu/delconditional":       2_000,
	"/cgi-bin/menu/trymatch":             20_000,
	"/cgi-bin/tags/create":               1_000,
	"/cgi-bin/tags/get":                  1_000,
	"/cgi-bin/tags/update":               1_000,
	"/cgi-bin/tags/members/batchtagging": 100_000,
	"/cgi-bin/media/upload":              100_000,
	"/cgi-bin/media/get":                 200_000,
	"/cgi-bin/message/custom/send":       500_000,
	"/cgi-bin/message/template/send":     100_000,
	"/cgi-bin/message/mass/send":         100,
	"/cgi-bin/message/mass/sendall":      100,
	"/cgi-bin/message/mass/preview":      100,
	"/cgi-bin/message/mass/delete":       10,
	"/cgi-bin/qrcode/create":             100_000,
	"/cgi-bin/user/get":                  500,
	"/cgi-bin/user/info":                 5_000_000,
	"/cgi-bin/user/info/batchget":        5_000_000,
	"/cgi-bin/user/info/updateremark":    10_000,
	"/cgi-bin/ticket/getticket":          1_000_000,
}

// Calls a minute; source: the same pages.
var minuteLimits = map[string]int64{
	"/cgi-bin/stable_token":      10_000,
	"/cgi-bin/message/mass/send": 60,
}

const (
	clearsPerMonth = 10 // of clear_quota
	testShare      = 10 // a test account has one such part
)

// usage counts the calls of the platform's present day, minute and month.
type usage struct {
	Day       string           `json:"day"`
	Calls     map[string]int64 `json:"calls"`
	Month     string           `json:"month"`
	Clears    int              `json:"clears"`
	minute    int64
	perMinute map[string]int64
}

func newUsage() usage { return usage{Calls: map[string]int64{}} }

func day(now time.Time) string   { return now.In(beijing).Format("2006-01-02") }
func month(now time.Time) string { return now.In(beijing).Format("2006-01") }

// dayLimit is how often a path may be called a day, false for no limit; the
// caller holds the lock.
func (p *Platform) dayLimit(path string) (int64, bool) {
	a := &p.state.Account
	if n, ok := a.Limits[path]; ok {
		return n, true
	}
	n, ok := dayLimits[path]
	if a.Kind == KindTest {
		n = max(n/testShare, 1)
	}
	return n, ok
}

// usedToday turns the day over and is what a path was called since; the caller holds the lock.
func (p *Platform) usedToday(path string) int64 {
	u := &p.state.Usage
	if d := day(p.now()); u.Day != d {
		u.Day, u.Calls = d, map[string]int64{}
	}
	return u.Calls[path]
}

// meter counts a call or refuses it; the caller holds the lock.
func (p *Platform) meter(path string) *apiError {
	u := &p.state.Usage
	if limit, ok := p.dayLimit(path); ok && p.usedToday(path) >= limit {
		return &apiError{code: 45009, text: "reach max api daily quota limit"}
	}
	if m := p.now().Unix() / 60; u.minute != m || u.perMinute == nil {
		u.minute, u.perMinute = m, map[string]int64{}
	}
	if limit, ok := minuteLimits[path]; ok && u.perMinute[path] >= limit {
		return &apiError{code: 45011, text: "api minute-quota reach limit, must slower, retry next minute"}
	}
	u.Calls[path]++
	u.perMinute[path]++
	return nil
}

// clearQuota is POST clear_quota: ten times a month.
func (p *Platform) clearQuota(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		AppID string `json:"appid"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if in.AppID != p.opts.AppID {
		return nil, &apiError{code: 40013, text: "invalid appid"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := &p.state.Usage
	if m := month(p.now()); u.Month != m {
		u.Month, u.Clears = m, 0
	}
	if u.Clears >= clearsPerMonth {
		return nil, &apiError{code: 48006, text: "forbid to clear quota because of reaching the limit"}
	}
	u.Clears++
	u.Calls = map[string]int64{}
	p.changed("usage")
	return nil, nil
}

// quotaGet is POST openapi/quota/get.
func (p *Platform) quotaGet(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Path string `json:"cgi_path"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	limit, ok := p.dayLimit(in.Path)
	if _, known := p.oaCalls[in.Path]; !ok || !known {
		return nil, &apiError{code: 76021, text: "cgi_path not found"}
	}
	used := p.usedToday(in.Path)
	return map[string]any{"quota": map[string]any{"daily_limit": limit, "used": used, "remain": max(limit-used, 0)}}, nil
}
