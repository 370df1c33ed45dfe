package console

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the platform's pictures are JPEG
	"image/png"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/vrep/vrep/store"
)

// Codes draws QR codes at the platform. Its errors are ErrAccount, or an outage.
type Codes interface {
	// QR asks for a code that brings scene along: a permanent one, or one that ends after life.
	QR(ctx context.Context, scene string, permanent bool, life time.Duration) (ticket, address string, err error)
	// Picture gives the picture of a ticket.
	Picture(ctx context.Context, ticket string) ([]byte, error)
}

// Life of temporary pictures. Source: the platform's page on codes with parameters.
const (
	longestTicket = 30 * 24 * time.Hour
	drawnAgain    = 7 * 24 * time.Hour // before its end, when the code itself lasts longer
)

// zipMost is the most pictures in one archive: each costs two calls of the platform.
const zipMost = 200

// scenePage is what the page of one code shows.
type scenePage struct {
	store.SceneRow
	Open      bool
	Last      bool
	FlowTitle string
	RepName   string
	Steps     []funnelStep
	Most      int64
	Acts      bool
	Problem   string // why there is no picture: code of the word group "problem"
}

// funnelStep is one bar: Name is a code of the word group "funnel".
type funnelStep struct {
	Name string
	N    int64
}

func (c *Console) pageScene(w http.ResponseWriter, v *request) error {
	last := v.URL.Query().Get("touch") == "last"
	rows, err := c.store.ScenePage(v.Context(), store.SceneQuery{ID: v.PathValue("id"), Ended: true, Last: last, Done: fieldVisited, Size: 1})
	if err != nil {
		return err
	}
	if len(rows.Rows) == 0 {
		return store.ErrNotFound
	}
	r := rows.Rows[0]
	p := scenePage{SceneRow: r, Open: r.Opens(c.now().UnixMilli()), Last: last, Acts: c.mayDo(v, "/console/scenes")}
	if r.Flow != "" {
		p.FlowTitle = c.flowTitle(r.Flow)
	}
	p.Steps = []funnelStep{{"scanned", r.People}, {"followed", r.Doctors}, {"consented", r.Consented}, {"visited", r.Visited}, {"led", r.Leads}}
	p.Most = max(r.People, 1)
	if r.Kind == store.SceneRep {
		p.RepName = r.Target
		if rep, err := c.store.Rep(v.Context(), r.Target); err == nil {
			p.RepName = rep.Name
		}
	}
	if p.Open {
		if p.Scene, err = c.ticket(v.Context(), r.Scene); err != nil {
			p.Problem = c.drawProblem(err)
		}
	}
	return c.show(w, v, "scene", p)
}

// ticket is the code with a ticket that can still be scanned for a good while: drawn at the first look, and again before a temporary one ends.
func (c *Console) ticket(ctx context.Context, sc store.Scene) (store.Scene, error) {
	now := c.now()
	left := time.UnixMilli(sc.TicketUntil).Sub(now)
	lasts := sc.TicketUntil == 0 || left > drawnAgain || left > 0 && sc.ValidUntil > 0 && sc.TicketUntil >= sc.ValidUntil
	if sc.Ticket != "" && lasts {
		return sc, nil
	}
	if c.codes == nil {
		return sc, ErrAccount
	}
	life := longestTicket
	if sc.ValidUntil > 0 {
		// up to the next whole second, so that the picture does not end before the code
		life = min(life, (time.UnixMilli(sc.ValidUntil).Sub(now) + time.Second).Truncate(time.Second))
	}
	ticket, address, err := c.codes.QR(ctx, sc.ID, sc.Permanent, life)
	if err != nil {
		return sc, err
	}
	sc.Ticket, sc.URL, sc.TicketUntil = ticket, address, 0
	if !sc.Permanent {
		sc.TicketUntil = now.Add(life).UnixMilli()
	}
	return sc, c.store.KeepTicket(ctx, sc.ID, sc.Ticket, sc.URL, sc.TicketUntil)
}

// drawProblem says why there is no picture.
func (c *Console) drawProblem(err error) string {
	if errors.Is(err, ErrAccount) {
		return "code_account"
	}
	c.log.Error("drawing a code failed", "error", err)
	return "code_busy"
}

// picture is the PNG of a code that is open.
func (c *Console) picture(ctx context.Context, sc store.Scene) ([]byte, error) {
	sc, err := c.ticket(ctx, sc)
	if err != nil {
		return nil, err
	}
	if c.codes == nil {
		return nil, ErrAccount
	}
	raw, err := c.codes.Picture(ctx, sc.Ticket)
	if err != nil || http.DetectContentType(raw) == "image/png" {
		return raw, err
	}
	drawn, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("reading the picture of a code: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return nil, fmt.Errorf("writing the picture of a code: %w", err)
	}
	return out.Bytes(), nil
}

// showScene gives the picture, to look at or to keep.
func (c *Console) showScene(w http.ResponseWriter, v *request) error {
	sc, err := c.store.Scene(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	if !sc.Opens(c.now().UnixMilli()) {
		return store.ErrNotFound
	}
	body, err := c.picture(v.Context(), sc)
	if err != nil {
		c.drawProblem(err)
		c.fail(w, v.Request, v.shell, http.StatusServiceUnavailable)
		return nil
	}
	if v.URL.Query().Has("download") {
		c.attach(w, c.pictureName(sc))
	}
	w.Header().Set("Content-Type", "image/png")
	if _, err := w.Write(body); err != nil {
		c.log.Debug("console reader has gone", "error", err)
	}
	return nil
}

// attach makes a browser keep the answer as a file.
func (c *Console) attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// pictureName is a file name for people: what the code is for, without signs that file systems mind.
func (c *Console) pictureName(sc store.Scene) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_.", r) {
			return r
		}
		return '-'
	}, sc.Name)
	return c.words.word("scene", sc.Kind) + "-" + strings.Trim(clean, " .-") + "-" + cut(sc.ID, 6) + ".png"
}

// zipScenes gives the pictures of all open codes, of one kind if asked. It is made whole before it is sent: half an archive would look like all of it.
func (c *Console) zipScenes(w http.ResponseWriter, v *request) error {
	kind := v.URL.Query().Get("kind")
	if kind != "" && !c.words.has("scene", kind) {
		return store.ErrNotFound
	}
	page, err := c.store.ScenePage(v.Context(), store.SceneQuery{Kind: kind, Size: zipMost})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, r := range page.Rows {
		body, err := c.picture(v.Context(), r.Scene)
		if err != nil {
			return c.listScenes(w, v, http.StatusServiceUnavailable, sceneForm{Kind: store.SceneMeeting}, c.drawProblem(err))
		}
		file, err := archive.CreateHeader(&zip.FileHeader{Name: c.pictureName(r.Scene), Method: zip.Store, Modified: c.now().In(c.zone)})
		if err != nil {
			return fmt.Errorf("packing pictures: %w", err)
		}
		if _, err := file.Write(body); err != nil {
			return fmt.Errorf("packing pictures: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("packing pictures: %w", err)
	}
	c.attach(w, c.words.word("nav", "scenes")+".zip")
	w.Header().Set("Content-Type", "application/zip")
	if _, err := w.Write(out.Bytes()); err != nil {
		c.log.Debug("console reader has gone", "error", err)
	}
	return nil
}
