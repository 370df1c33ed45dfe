package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Rules of codes with a scene; source: the page on qrcode/create.
const (
	qrDefaultLife  = 60                // seconds
	qrLongest      = 30 * 24 * 60 * 60 // seconds
	qrForeverID    = 100_000           // highest number and count of permanent codes
	qrLongestScene = 64                // characters
	qrScale        = 8                 // pixels of a module
)

// qrCode is a code that the account had made.
type qrCode struct {
	Scene   string `json:"scene"`
	SceneID int64  `json:"scene_id,omitempty"`
	URL     string `json:"url"`
	Until   int64  `json:"until,omitempty"` // unix milliseconds; zero: permanent
	Scans   int    `json:"scans"`
}

var (
	errScene  = &apiError{code: 40053, text: "invalid action info"}
	errAction = &apiError{code: 40052, text: "invalid action name"}
)

// qrCreate is POST qrcode/create.
func (p *Platform) qrCreate(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Seconds int64  `json:"expire_seconds"`
		Action  string `json:"action_name"`
		Info    struct {
			Scene struct {
				ID  *json.Number `json:"scene_id"`
				Str *string      `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if in.Seconds < 0 || in.Seconds > qrLongest {
		return nil, &apiError{code: 40035, text: "invalid parameter, expire_seconds"}
	}
	c := &qrCode{}
	forever := in.Action == "QR_LIMIT_SCENE" || in.Action == "QR_LIMIT_STR_SCENE"
	scene := in.Info.Scene
	switch in.Action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		if scene.ID == nil || scene.Str != nil {
			return nil, errScene
		}
		n, err := strconv.ParseUint(scene.ID.String(), 10, 32)
		if err != nil || n == 0 || forever && n > qrForeverID {
			return nil, errScene
		}
		c.Scene, c.SceneID = strconv.FormatUint(n, 10), int64(n)
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		if scene.Str == nil || scene.ID != nil || *scene.Str == "" || len([]rune(*scene.Str)) > qrLongestScene {
			return nil, errScene
		}
		c.Scene = *scene.Str
	default:
		return nil, errAction
	}
	return p.keepCode(c, forever, in.Seconds)
}

func (p *Platform) keepCode(c *qrCode, forever bool, seconds int64) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !forever {
		if seconds == 0 {
			seconds = qrDefaultLife
		}
		c.Until = p.now().Add(time.Duration(seconds) * time.Second).UnixMilli()
	} else if ticket, old := p.permanent(c); old != nil {
		return map[string]any{"ticket": ticket, "url": old.URL}, nil
	}
	// Tickets of the platform end in characters that must be escaped in a query.
	ticket := "gQ" + token(92) + "=="
	c.URL = "http://weixin.qq.com/q/02" + token(20)
	p.state.Codes[ticket] = c
	p.changed("codes")
	out := map[string]any{"ticket": ticket, "url": c.URL}
	if !forever {
		out["expire_seconds"] = seconds
	}
	return out, nil
}

// permanent finds the permanent code of a scene: asking again gives the same one.
func (p *Platform) permanent(c *qrCode) (string, *qrCode) {
	for ticket, old := range p.state.Codes {
		if old.Until == 0 && old.Scene == c.Scene && old.SceneID == c.SceneID {
			return ticket, old
		}
	}
	return "", nil
}

// showQR is GET showqrcode on mp.weixin.qq.com: the picture; 404 for a ticket
// that is unknown or over.
func (p *Platform) showQR(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	c := p.state.Codes[r.URL.Query().Get("ticket")]
	ok := c != nil && !p.over(c)
	p.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	raw, err := qrPNG(c.URL, qrScale)
	if err != nil {
		sendError(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(raw) // a page that left is its own affair
}

func (p *Platform) over(c *qrCode) bool { return c.Until != 0 && p.now().UnixMilli() >= c.Until }

// jsTicket is GET ticket/getticket?type=jsapi: the same ticket until it ends.
func (p *Platform) jsTicket(r *http.Request) (map[string]any, *apiError) {
	kind := r.URL.Query().Get("type")
	if kind != "jsapi" && kind != "wx_card" {
		return nil, &apiError{code: 40097, text: "invalid args"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t, now := p.state.Tickets[kind], p.now()
	if now.UnixMilli() >= t.Until {
		t = ticket{Value: token(86), Until: now.Add(tokenLife).UnixMilli()}
		p.state.Tickets[kind] = t
		p.changed("tokens")
	}
	return map[string]any{"ticket": t.Value, "expires_in": (t.Until - now.UnixMilli()) / 1000}, nil
}

// ticket is a jsapi_ticket.
type ticket struct {
	Value string `json:"value"`
	Until int64  `json:"until"`
}
