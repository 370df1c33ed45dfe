package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	maxControlBody = 256 << 10            // bytes
	maxAdvance     = 366 * 24 * time.Hour // of the clock in one step
)

// Prefixes of what other hosts answer in the real world.
const (
	mpPrefix   = "/_sim/api/mp"   // mp.weixin.qq.com
	openPrefix = "/_sim/api/open" // open.weixin.qq.com
)

// route is one call of the control API. GET /_sim/ lists them all.
type route struct {
	method, path, takes, does string
	serve                     http.HandlerFunc
}

// routes is the whole control API.
func (p *Platform) routes() []route {
	list := []route{
		{get, "/_sim/users", "", `every doctor: {"users":[{id,name,openid,following,last,at}]}`, p.getUsers},
		{post, "/_sim/users", `{"id"?,"count"?,"following"?}`, "adds the next demo doctor, or the named ones; following: since before the account was connected", p.postUser},
		{get, "/_sim/users/{id}", "", "adds window and quick {left,seconds}, permits, tags, mass_left, habits, typing, menu and the last exchange", p.getUser},
		{"PUT", "/_sim/users/{id}", `{"blocks_templates"?,"blocks_messages"?,"blacklisted"?,"restricted"?,"snapshot"?}`, "habits of a doctor", p.putUser},
		{get, "/_sim/users/{id}/transcript", "?after=ID", `the chat: {"messages":[{id,at,from,kind,text,title,url,…}]}`, p.getTranscript},
		{get, "/_sim/users/{id}/exchanges", "?after=ID", "the newest callbacks, plain and as posted, with every delivery", p.getExchanges},
		{post, "/_sim/users/{id}/resend", `{"deliveries"?}`, "delivers the last callback again, same MsgId; nothing enters the chat", p.resend},
		{post, "/_sim/users/{id}/forge", `{"kind","text"?}`, "posts a hostile request in the doctor's name: " + strings.Join(forgeKinds, ", "), p.postForge},
		{post, "/_sim/burst", `{"users",…}`, "many doctors act at once, see the package's burst.go: replies, notices, latencies", p.postBurst},
		{get, "/_sim/open", "?user=ID&url=ADDRESS", "opens a page as a doctor's phone does", p.openPage},
		{get, "/_sim/reps", "", "every rep", p.getReps},
		{get, "/_sim/reps/{userid}/messages", "", `{"messages":[{id,at,kind,text,card,replaced,…}]}`, p.getRepMessages},
		{post, "/_sim/reps/{userid}/press", `{"message","key","selected"?:{"question":"option"}}`, "presses a card's button", p.postPress},
		{post, "/_sim/reps/{userid}/say", `{"text"}`, "a rep writes to the app", p.postRepSay},
		{post, "/_sim/reps/{userid}/enter", `{}`, "a rep opens the app: enter_agent", p.postRepEnter},
		{get, "/_sim/robots/{key}/messages", "", "what a group robot said", p.getRobotMessages},
		{get, "/_sim/account", "", "settings of the account: mode, format, kind, certified, …", p.getAccount},
		{"PUT", "/_sim/account", `{"mode"?,"format"?,"kind"?,"certified"?,"menu_ids"?,"union_ids"?,"ip_whitelist"?,"web_domains"?,"mini_apps"?,"limits"?}`, "changes them", p.putAccount},
		{get, "/_sim/templates", "", "the template library", p.getTemplates},
		{post, "/_sim/templates", `{"id","kind":"template"|"subscribe","title","fields":[{"key","name"}]}`, "adds or replaces a template", p.postTemplate},
		{"DELETE", "/_sim/templates/{id}", "", "removes a template", p.deleteTemplate},
		{get, "/_sim/codes", "", "QR codes that were made, with their scans", p.getCodes},
		{get, "/_sim/quota", "", "calls of today by path with limit, tags with counts, reports that wait", p.getQuota},
		{get, "/_sim/clock", "", `{"now","offset"}`, p.getClock},
		{post, "/_sim/clock", `{"advance":"48h"}`, "moves the clock; reports that come due are sent", p.postClock},
		{get, "/_sim/faults", "", "planned faults of the API", p.getFaults},
		{post, "/_sim/faults", `{"path","errcode"|"status"|"cut"|"reset"|"truncate"|"hang","after"?,"percent"?,"times"?}`, "plans one", p.postFault},
		{"DELETE", "/_sim/faults", "", "forgets them", p.deleteFaults},
		{get, "/_sim/deliveries", "", "planned trouble with callbacks", p.getTwists},
		{post, "/_sim/deliveries", `{"kind","user"?,"percent"?,"times"?,"attempts"?,"delay"?}`, "plans some: " + twistNames(), p.postTwist},
		{"DELETE", "/_sim/deliveries", "", "forgets it", p.deleteTwists},
		{post, "/_sim/snapshot", `{"name"?}`, "keeps the whole state in memory under a name", p.postSnapshot},
		{post, "/_sim/restore", `{"name"?}`, "brings it back, with its clock; 409 while a callback is on its way", p.postRestore},
		{get, "/_sim/counters", "", "deliveries, retries, late and refused replies, notices, refusals by path and code", p.getCounters},
		{get, "/_sim/events", "?user=ID | ?rep=USERID | ?all=1", "server-sent events, one per change", p.events},
	}
	for _, k := range actKinds {
		list = append(list, route{post, "/_sim/users/{id}/" + k.name, k.takes, k.does, p.acting(k.make)})
	}
	return list
}

// Handler serves the pages under /sim/, the control API under /_sim/ and the
// platforms' APIs under /_sim/api/. Control calls from other web sites are
// refused.
func (p *Platform) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(wechatAPI.prefix+"/", p.api(wechatAPI))
	mux.Handle(wecomAPI.prefix+"/", p.api(wecomAPI))
	p.pages(mux)
	control := http.NewServeMux()
	type help struct {
		Method string `json:"method"`
		Path   string `json:"path"`
		Takes  string `json:"takes,omitempty"`
		Does   string `json:"does"`
	}
	var all []help
	for _, r := range p.routes() {
		all = append(all, help{r.method, r.path, r.takes, r.does})
		control.HandleFunc(r.method+" "+r.path, r.serve)
	}
	control.HandleFunc("GET /_sim/{$}", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]any{"calls": all}) })
	control.HandleFunc("/_sim/", func(w http.ResponseWriter, r *http.Request) {
		sendError(w, fmt.Errorf("%w: no such call: %s %s", ErrUnknown, r.Method, r.URL.Path))
	})
	mux.Handle("/_sim/", http.NewCrossOriginProtection().Handler(control))
	return mux
}

func twistNames() string {
	text := slices.Sorted(maps.Keys(textTwists))
	return strings.Join(slices.Concat(jobTwists, wayTwists, text, forgeKinds), ", ")
}

// readBody reads a control body strictly; an empty body leaves into as it is.
func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if err != nil {
		return fmt.Errorf("%w: reading the body: %w", ErrRefused, err)
	}
	if len(raw) == 0 {
		return nil
	}
	if err := decodeStrict(bytes.NewReader(raw), into); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}

func sendError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, ErrUnknown):
		status = http.StatusNotFound
	case errors.Is(err, ErrConflict):
		status = http.StatusConflict
	case errors.Is(err, ErrRefused):
		status = http.StatusBadRequest
	case errors.Is(err, errPeer):
		status = http.StatusBadGateway
	case errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
	case errors.Is(err, context.DeadlineExceeded):
		status = http.StatusGatewayTimeout
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // a peer that hung up is its own affair
}

// reply sends a value or an error.
func reply(w http.ResponseWriter, value any, err error) {
	if err != nil {
		sendError(w, err)
		return
	}
	answer(w, value)
}

type clockView struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"offset"`
}

func (p *Platform) clockView() clockView {
	p.mu.Lock()
	defer p.mu.Unlock()
	return clockView{Now: p.now().UTC(), Offset: (time.Duration(p.state.OffsetMS) * time.Millisecond).String()}
}

func (p *Platform) getCounters(w http.ResponseWriter, _ *http.Request) { answer(w, p.count.view()) }

func (p *Platform) getClock(w http.ResponseWriter, _ *http.Request) { answer(w, p.clockView()) }

func (p *Platform) postClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 || d > maxAdvance {
		sendError(w, fmt.Errorf("%w: advance must be a duration from 0s to %s", ErrRefused, maxAdvance))
		return
	}
	p.Advance(d)
	answer(w, p.clockView())
}

// Advance moves the platform's clock forward by d; a negative d is ignored.
// Reports that come due are on their way when it returns.
func (p *Platform) Advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.OffsetMS += max(d.Milliseconds(), 0)
	p.sendDue()
	p.changed("clock")
	p.wakeDue()
}
