package sim

import (
	"net/http"
	"slices"
	"time"
)

// Rates of application messages; source: the page on call limits.
const (
	memberPerMinute = 30 // to one member; more is dropped without a word
	memberPerHour   = 1000
	sendsPerAccount = 200 // person-sends a day, times the accounts of the corp
)

// corpUsage counts what went to members; times in unix milliseconds.
type corpUsage struct {
	Day   string             `json:"day"`
	Sends int                `json:"sends"` // person-sends of the day
	Heard map[string][]int64 `json:"heard"` // arrivals of the last hour by member
	Robot map[string][]int64 `json:"robot"` // messages of the last minute by robot
}

func newCorpUsage() corpUsage {
	return corpUsage{Heard: map[string][]int64{}, Robot: map[string][]int64{}}
}

// spendPersonSends takes n off the day's allowance; the caller holds the lock.
func (p *Platform) spendPersonSends(n int) *apiError {
	c := &p.state.CorpUsage
	if d := day(p.now()); c.Day != d {
		c.Day, c.Sends = d, 0
	}
	if c.Sends+n > sendsPerAccount*len(p.opts.Reps) {
		return &apiError{code: 45009, text: "api freq out of limit"}
	}
	c.Sends += n
	return nil
}

// hears says whether a member still gets a message; the caller holds the lock.
func (p *Platform) hears(userid string) bool {
	now := p.now().UnixMilli()
	list := since(p.state.CorpUsage.Heard[userid], now-time.Hour.Milliseconds())
	lastMinute := len(since(slices.Clone(list), now-time.Minute.Milliseconds()))
	ok := lastMinute < memberPerMinute && len(list) < memberPerHour
	if ok {
		list = append(list, now)
	}
	p.state.CorpUsage.Heard[userid] = list
	return ok
}

// since drops the times before one.
func since(list []int64, from int64) []int64 {
	return slices.DeleteFunc(list, func(at int64) bool { return at <= from })
}

// trusted refuses callers of application calls that are not on the list; the caller holds the lock.
func (p *Platform) trusted(r *http.Request) *apiError {
	if fault := callerIn(r, p.state.Account.CorpIPs); fault != nil {
		return &apiError{code: 60020, text: "not allow to access from your ip"}
	}
	return nil
}

// corpUpload is POST media/upload of WeCom.
func (p *Platform) corpUpload(r *http.Request) (map[string]any, *apiError) {
	kind := r.URL.Query().Get("type")
	if !slices.Contains([]string{"image", "voice", "video", "file"}, kind) {
		return nil, &apiError{code: 40004, text: "invalid media type"}
	}
	item, fault := readUpload(r, kind)
	if fault != nil {
		return nil, fault
	}
	now := p.Now()
	item.until = now.Add(mediaLife)
	return map[string]any{"type": kind, "media_id": p.media.put(item), "created_at": now.Format("20060102150405")}, nil
}
