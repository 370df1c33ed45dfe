package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// auditPerPage is the number of rows of the list.
const auditPerPage = 100

// auditList is what the page of the acts shows.
type auditList struct {
	store.AuditPage
	Actor, Action, Object, From, Until string // as asked for
	Actions                            []string
	Filtered                           bool
	Prev, Next                         string // addresses, "" = none
}

func (c *Console) pageAudit(w http.ResponseWriter, v *request) error {
	q := v.URL.Query()
	text := func(name string) string { return strings.TrimSpace(cut(strings.ToValidUTF8(q.Get(name), ""), 96)) }
	list := auditList{Actor: text("actor"), Action: text("action"), Object: text("object")}
	query := store.AuditQuery{Actor: list.Actor, Action: list.Action, Object: list.Object, Size: auditPerPage}
	list.From, query.From = c.dayOf(q.Get("from"), 0)
	list.Until, query.Until = c.dayOf(q.Get("until"), 1)
	if page, err := strconv.Atoi(q.Get("page")); err == nil {
		query.Page = min(page, 1000)
	}
	list.Filtered = list.Actor+list.Action+list.Object+list.From+list.Until != ""
	var err error
	if list.AuditPage, err = c.store.AuditPage(v.Context(), query); err != nil {
		return err
	}
	if list.Actions, err = c.store.AuditActions(v.Context()); err != nil {
		return err
	}
	if list.Page > 1 {
		list.Prev = list.address(list.Page - 1)
	}
	if list.More {
		list.Next = list.address(list.Page + 1)
	}
	return c.show(w, v, "audit", list)
}

// dayOf reads a date and gives the begin of the day so many days later, unix ms; a date that is none is not asked for.
func (c *Console) dayOf(text string, days int) (string, int64) {
	day, err := time.ParseInLocation(time.DateOnly, text, c.zone)
	if err != nil {
		return "", 0
	}
	return text, day.AddDate(0, 0, days).UnixMilli()
}

// address is the list with the same filters at another page.
func (l auditList) address(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	for key, value := range map[string]string{"actor": l.Actor, "action": l.Action, "object": l.Object, "from": l.From, "until": l.Until} {
		if value != "" {
			q.Set(key, value)
		}
	}
	return "/console/audit?" + q.Encode()
}
