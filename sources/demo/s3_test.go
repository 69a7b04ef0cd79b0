package demo_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"fntop/sources/demo"
	"fntop/sources/demo/world"
)

func TestListBuckets(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{})
	client := s3.NewFromConfig(c.config("eu-west-1"))
	plain, err := client.ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err != nil || len(plain.Buckets) != 25 || plain.Buckets[0].BucketRegion != nil || plain.ContinuationToken != nil ||
		!plain.Buckets[0].CreationDate.Equal(simulated.Add(-time.Hour)) || aws.ToString(plain.Owner.ID) == "" {
		t.Errorf("%+v, %v", plain, err)
	}
	var names []string
	pager := s3.NewListBucketsPaginator(client, &s3.ListBucketsInput{MaxBuckets: aws.Int32(4), BucketRegion: aws.String("us-east-1"), Prefix: aws.String("bucket-")})
	for pager.HasMorePages() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Buckets {
			if *b.BucketRegion != "us-east-1" {
				t.Errorf("%s in %s", *b.Name, *b.BucketRegion)
			}
			names = append(names, *b.Name)
		}
	}
	if len(names) != 13 || names[0] != "bucket-00" || names[12] != "bucket-24" {
		t.Errorf("%v", names)
	}
	if _, err := client.ListBuckets(t.Context(), &s3.ListBucketsInput{ContinuationToken: aws.String("?")}); codeOf(err) != "InvalidArgument" {
		t.Errorf("bad token: %v", err)
	}
}

// Every bucket that functions read, write or wait for is there, in its region.
func TestBucketsOfTheFleet(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	client := s3.NewFromConfig(c.config("us-east-1"))
	for name, region := range map[string]string{
		"uploads-prod": "us-east-1", "thumbnails-prod": "us-east-1", "risk-models": "us-east-1", "helpdesk-mail": "eu-west-1", "branch-reports": "us-east-1",
	} {
		location, err := client.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: &name})
		if err != nil || region == "us-east-1" != (location.LocationConstraint == "") || region != "us-east-1" && string(location.LocationConstraint) != region {
			t.Errorf("%s: %+v, %v", name, location, err)
		}
	}
	empty, err := client.GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String("thumbnails-prod")})
	if err != nil || len(empty.LambdaFunctionConfigurations) != 0 || empty.EventBridgeConfiguration != nil {
		t.Errorf("no notification: %+v, %v", empty, err)
	}
	_, err = client.GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String("helpdesk-mail")})
	response, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok || codeOf(err) != "PermanentRedirect" || response.HTTPStatusCode() != http.StatusMovedPermanently || response.Response.Header.Get("X-Amz-Bucket-Region") != "eu-west-1" {
		t.Errorf("a bucket of another region: %v", err)
	}
	_, err = client.GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String("nobodys")})
	if response, ok = errors.AsType[*awshttp.ResponseError](err); !ok || codeOf(err) != "NoSuchBucket" || response.HTTPStatusCode() != http.StatusNotFound {
		t.Errorf("no bucket: %v", err)
	}
	if _, err = client.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: aws.String("uploads-prod")}); codeOf(err) != "NotImplemented" {
		t.Errorf("not served: %v", err)
	}
}

// Refusals of S3 name the permission, which is not the operation.
func TestDeniedByS3(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Faults: demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultDenied, Service: "s3", Operation: "GetBucketNotification*"}}}})
	config := c.config("us-east-1")
	_, err := s3.NewFromConfig(config).GetBucketNotificationConfiguration(t.Context(), &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String("bucket-00")})
	api, ok := errors.AsType[smithy.APIError](err)
	response, _ := errors.AsType[*awshttp.ResponseError](err)
	if !ok || api.ErrorCode() != "AccessDenied" || response.HTTPStatusCode() != http.StatusForbidden ||
		!strings.Contains(api.ErrorMessage(), `not authorized to perform: s3:GetBucketNotification on resource: "arn:aws:s3:::bucket-00" because`) {
		t.Errorf("denied: %v", err)
	}
	if _, err := s3.NewFromConfig(config).ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil {
		t.Errorf("the other operation: %v", err)
	}
	c.server.SetFaults(demo.Faults{Rules: []demo.Fault{{Kind: demo.FaultThrottle, Service: "s3"}}})
	_, err = s3.NewFromConfig(config).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if response, ok = errors.AsType[*awshttp.ResponseError](err); !ok || codeOf(err) != "SlowDown" || response.HTTPStatusCode() != http.StatusServiceUnavailable {
		t.Errorf("throttled: %v", err)
	}
}

// The document is the one that S3 sends.
func TestNotificationDocument(t *testing.T) {
	c := newCloud(t, demo.ServerConfig{Model: world.New(world.Config{Seed: 1})})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+"/uploads-prod?notification", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEMO/20261123/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	body, err := io.ReadAll(res.Body)
	const want = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CloudFunctionConfiguration><Id>image-resize</Id>` +
		`<CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:image-resize</CloudFunction><Event>s3:ObjectCreated:*</Event>` +
		`<Filter><S3Key><FilterRule><Name>Prefix</Name><Value>media/</Value></FilterRule></S3Key></Filter>` +
		`</CloudFunctionConfiguration></NotificationConfiguration>`
	if err != nil || string(body) != want || res.Header.Get("Content-Type") != "application/xml" || res.Header.Get("X-Amz-Request-Id") == "" {
		t.Errorf("%v %v\n%s", err, res.Header, body)
	}
}

func TestGetResources(t *testing.T) {
	fleet := world.New(world.Config{Seed: 1, Functions: 300})
	c := newCloud(t, demo.ServerConfig{Model: fleet})
	client := resourcegroupstaggingapi.NewFromConfig(c.config("us-east-1"))
	list := func(in *resourcegroupstaggingapi.GetResourcesInput) map[string]map[string]string {
		out := map[string]map[string]string{}
		pager := resourcegroupstaggingapi.NewGetResourcesPaginator(client, in)
		for pager.HasMorePages() {
			page, err := pager.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.ResourceTagMappingList {
				if out[*m.ResourceARN] != nil {
					t.Errorf("%s again", *m.ResourceARN)
				}
				out[*m.ResourceARN] = map[string]string{}
				for _, tag := range m.Tags {
					out[*m.ResourceARN][*tag.Key] = *tag.Value
				}
			}
		}
		return out
	}
	team := []tagtypes.TagFilter{{Key: aws.String("team"), Values: []string{"media", "shop"}}, {Key: aws.String("env")}}
	for _, size := range []int32{1, 30, 100} {
		all := list(&resourcegroupstaggingapi.GetResourcesInput{ResourcesPerPage: &size, ResourceTypeFilters: []string{"lambda:function"}})
		some := list(&resourcegroupstaggingapi.GetResourcesInput{ResourcesPerPage: &size, TagFilters: team})
		wanted := 0
		for _, f := range fleet.Functions("us-east-1", simulated) {
			if all[f.ARN]["team"] != f.Tags["team"] || len(all[f.ARN]) != len(f.Tags) {
				t.Errorf("%s: %v", f.ARN, all[f.ARN])
			}
			if f.Tags["team"] == "media" || f.Tags["team"] == "shop" {
				wanted++
				if some[f.ARN] == nil {
					t.Errorf("%s is not found by its tag", f.ARN)
				}
			}
		}
		if len(all) != len(fleet.Functions("us-east-1", simulated)) || len(some) != wanted {
			t.Errorf("%d and %d, want %d", len(all), len(some), wanted)
		}
	}
	if got := list(&resourcegroupstaggingapi.GetResourcesInput{ResourceTypeFilters: []string{"sqs"}}); len(got) != 0 {
		t.Errorf("queues: %v", got)
	}
	arn := fleet.Functions("us-east-1", simulated)[3].ARN
	if got := list(&resourcegroupstaggingapi.GetResourcesInput{ResourceARNList: []string{arn, "arn:aws:lambda:us-east-1:123456789012:function:nobody"}}); len(got) != 1 || got[arn] == nil {
		t.Errorf("by ARN: %v", got)
	}
	for want, in := range map[string]*resourcegroupstaggingapi.GetResourcesInput{
		"InvalidParameterException":       {ResourcesPerPage: aws.Int32(101)},
		"PaginationTokenExpiredException": {PaginationToken: aws.String("?")},
	} {
		if _, err := client.GetResources(t.Context(), in); codeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
