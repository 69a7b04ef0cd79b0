package demo

import (
	"context"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fntop/sources/demo/wire"
)

// bucketsPerPage is the most that MaxBuckets may ask for (Amazon S3 API
// Reference, ListBuckets).
const bucketsPerPage = 10_000

type listBucketsOutput struct {
	XMLName           xml.Name     `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
	OwnerID           string       `xml:"Owner>ID"`
	Buckets           []bucketItem `xml:"Buckets>Bucket"`
	ContinuationToken string       `xml:",omitempty"`
	Prefix            string       `xml:",omitempty"`
}

type bucketItem struct {
	Name         string
	CreationDate string
	BucketRegion string `xml:",omitempty"`
}

// listBuckets lists the buckets of all regions, in any region. Their regions
// are told only when the request has a parameter of its own (Amazon S3 API
// Reference, Bucket).
func listBuckets(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	params := c.Params
	limit, withRegion := bucketsPerPage, false
	for _, name := range []string{"max-buckets", "continuation-token", "prefix", "bucket-region"} {
		withRegion = withRegion || params.Get(name) != ""
	}
	if text := params.Get("max-buckets"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > bucketsPerPage {
			return nil, errorS3("InvalidArgument", "Argument max-buckets must be an integer between 1 and 10000")
		}
		limit = n
	}
	after := ""
	if text := params.Get("continuation-token"); text != "" {
		name, err := parseNameToken(text)
		if err != nil {
			return nil, errorS3("InvalidArgument", "The continuation token provided is incorrect")
		}
		after = name
	}
	out := &listBucketsOutput{OwnerID: strings.ToLower(idOf("owner")), Prefix: params.Get("prefix")}
	for _, b := range s.model.Buckets() {
		if b.Name <= after || !strings.HasPrefix(b.Name, out.Prefix) ||
			params.Get("bucket-region") != "" && params.Get("bucket-region") != b.Region {
			continue
		}
		if len(out.Buckets) == limit {
			out.ContinuationToken = nameToken(out.Buckets[limit-1].Name)
			break
		}
		item := bucketItem{Name: b.Name, CreationDate: b.Created.Format(time.RFC3339)}
		if withRegion {
			item.BucketRegion = b.Region
		}
		out.Buckets = append(out.Buckets, item)
	}
	return out, nil
}

// locationOutput is GetBucketLocation's answer. us-east-1 is the empty text.
type locationOutput struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
	Region  string   `xml:",chardata"`
}

// getBucketLocation answers in any region.
func getBucketLocation(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	b, failure := s.bucket(c)
	if failure != nil {
		return nil, failure
	}
	if b.Region == "us-east-1" {
		return locationOutput{}, nil
	}
	return locationOutput{Region: b.Region}, nil
}

type notificationOutput struct {
	XMLName   xml.Name           `xml:"http://s3.amazonaws.com/doc/2006-03-01/ NotificationConfiguration"`
	Functions []notificationItem `xml:"CloudFunctionConfiguration"`
}

type notificationItem struct {
	ID       string       `xml:"Id"`
	Function string       `xml:"CloudFunction"`
	Events   []string     `xml:"Event"`
	Rules    []filterRule `xml:"Filter>S3Key>FilterRule"`
}

type filterRule struct{ Name, Value string }

// getBucketNotification answers in the region of the bucket only.
func getBucketNotification(_ context.Context, s *Server, c *call) (any, *wire.Error) {
	b, failure := s.bucket(c)
	if failure != nil {
		return nil, failure
	}
	if b.Region != c.Region {
		e := errorS3("PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint. "+
			"Please send all future requests to this endpoint.")
		e.Status = http.StatusMovedPermanently
		e.Members = map[string]string{
			"Bucket": b.Name, "Region": b.Region, "Endpoint": b.Name + ".s3." + b.Region + ".amazonaws.com",
		}
		return nil, e
	}
	out := notificationOutput{}
	for _, t := range s.model.Triggers(b.Region, "", c.asOf) {
		n := t.Notify
		if n == nil || n.Bucket != b.Name {
			continue
		}
		item := notificationItem{ID: n.ID, Function: s.qualifiedARN(c.Region, t.Function, t.Qualifier), Events: n.Events}
		if n.Prefix != "" {
			item.Rules = append(item.Rules, filterRule{"Prefix", n.Prefix})
		}
		if n.Suffix != "" {
			item.Rules = append(item.Rules, filterRule{"Suffix", n.Suffix})
		}
		out.Functions = append(out.Functions, item)
	}
	return out, nil
}

// bucket is the bucket that the call's path names.
func (s *Server) bucket(c *call) (Bucket, *wire.Error) {
	name := c.Labels["Bucket"]
	buckets := s.model.Buckets()
	i, ok := slices.BinarySearchFunc(buckets, name, func(b Bucket, name string) int { return strings.Compare(b.Name, name) })
	if !ok {
		e := errorS3("NoSuchBucket", "The specified bucket does not exist")
		e.Status, e.Members = http.StatusNotFound, map[string]string{"BucketName": name}
		return Bucket{}, e
	}
	return buckets[i], nil
}

func bucketResource(_ *Server, c *call) string { return "arn:aws:s3:::" + c.Labels["Bucket"] }

func errorS3(code, message string) *wire.Error {
	return &wire.Error{Status: http.StatusBadRequest, Code: code, Message: message}
}
