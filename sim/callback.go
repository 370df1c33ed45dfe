package sim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxReply bounds what is read of a callback's answer, in bytes.
const maxReply = 1 << 20

// peer is one callback address with its keys and the way it wants to be spoken to.
type peer struct {
	envelope
	url string
	// plainSignature: the official account also signs the URL alone; WeCom does not.
	plainSignature bool
	mode           string // of Account; empty: safe
	format         string // of Account; empty: xml
}

func (p *Platform) wechatPeer() peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := &p.state.Account
	return peer{envelope: p.oa, url: p.callback, plainSignature: true, mode: a.Mode, format: a.Format}
}

func (p *Platform) wecomPeer() peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return peer{envelope: p.corp, url: p.corpCallback}
}

// posting is one callback ready to be sent.
type posting struct {
	url   string
	query string
	kind  string // Content-Type
	body  []byte
}

func (o posting) request(ctx context.Context, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, body)
	if err != nil {
		return nil, fmt.Errorf("making callback: %w", err)
	}
	req.ContentLength = int64(len(o.body))
	req.Header.Set("Content-Type", o.kind)
	req.Header.Set("User-Agent", "Mozilla/4.0")
	return req, nil
}

// posting signs and, except in plain mode, seals a parcel. Each call draws a
// new nonce and cipher.
func (c peer) posting(a parcel, unix int64) posting {
	stamp, once := strconv.FormatInt(unix, 10), nonce()
	q := url.Values{"timestamp": {stamp}, "nonce": {once}}
	if c.plainSignature {
		q.Set("signature", c.sign(stamp, once))
		q.Set("openid", a.openid)
	}
	o := posting{kind: "text/xml", body: a.plain}
	json := len(a.plain) > 0 && a.plain[0] == '{'
	if json {
		o.kind = "application/json"
	}
	if c.mode != ModePlain {
		sealed := c.seal(a.plain)
		q.Set("msg_signature", c.sign(stamp, once, sealed))
		if c.plainSignature {
			q.Set("encrypt_type", "aes")
		}
		o.body = c.wrap(a, sealed, json)
	}
	o.query = q.Encode()
	o.url = withQuery(c.url, o.query)
	return o
}

// wrap puts the cipher into the body: alone in safe mode, behind the plain
// fields in compat mode.
func (c peer) wrap(a parcel, sealed string, json bool) []byte {
	if c.mode == ModeCompat {
		end := "</xml>"
		if json {
			end = "}"
		}
		head := bytes.TrimSuffix(a.plain, []byte(end))
		var b bytes.Buffer
		b.Write(head)
		if json {
			b.WriteString(`,"Encrypt":"` + sealed + `"`)
		} else {
			element(&b, "Encrypt", sealed)
		}
		b.WriteString(end)
		return b.Bytes()
	}
	fields := []part{txt("ToUserName", a.to)}
	if a.agent != "" {
		fields = append(fields, txt("AgentID", a.agent))
	}
	fields = append(fields, txt("Encrypt", sealed))
	if json {
		return encode(fields, FormatJSON)
	}
	return encode(fields, FormatXML)
}

func withQuery(base, query string) string {
	if strings.Contains(base, "?") {
		return base + "&" + query
	}
	return base + "?" + query
}

// VerifyCallbacks does what saving the callback address in the platform's
// back office does: a signed GET with echostr that must come back. Both sides
// are tried as far as they have an address; all problems are joined.
func (p *Platform) VerifyCallbacks(ctx context.Context) error {
	a, c := p.wechatPeer(), p.wecomPeer()
	if a.url != "" {
		if err := p.echo(ctx, a); err != nil {
			return fmt.Errorf("checking the WeChat callback: %w", err)
		}
	}
	if c.url != "" && c.key != nil {
		if err := p.echo(ctx, c); err != nil {
			return fmt.Errorf("checking the WeCom callback: %w", err)
		}
	}
	return nil
}

func (p *Platform) echo(ctx context.Context, c peer) error {
	ctx, cancel := context.WithTimeout(ctx, p.opts.ReplyTimeout)
	defer cancel()
	address, want := c.echoAddress(p.stamp())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("making echo request: %w", err)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking for the echo: %w", bare(err))
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return fmt.Errorf("reading the echo: %w", err)
	}
	if res.StatusCode != http.StatusOK || string(got) != want {
		return fmt.Errorf("%w: status %d, echo differs", errReply, res.StatusCode)
	}
	return nil
}

// echoAddress is the signed address that a GET asks, and the body that must come back.
func (c peer) echoAddress(at time.Time) (address, want string) {
	stamp, once := strconv.FormatInt(at.Unix(), 10), nonce()
	want = strconv.FormatInt(at.UnixNano(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {once}}
	if c.plainSignature {
		q.Set("signature", c.sign(stamp, once))
		q.Set("echostr", want)
	} else {
		sealed := c.seal([]byte(want))
		q.Set("msg_signature", c.sign(stamp, once, sealed))
		q.Set("echostr", sealed)
	}
	return withQuery(c.url, q.Encode()), want
}
