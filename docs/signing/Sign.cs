// The signature in C# (.NET 6 or newer); posting and repeating are as in the other examples. Compare what it returns
// with the test vector of docs/cad-vendor.md before you use it.
using System;
using System.Security.Cryptography;
using System.Text;

static class Webhook
{
    /// <param name="body">The bytes that are posted; a body written twice by a serializer may differ.</param>
    public static string Sign(string secret, string id, string timestamp, byte[] body)
    {
        byte[] key = Convert.FromBase64String(secret.StartsWith("whsec_") ? secret.Substring(6) : secret);
        byte[] head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        byte[] signed = new byte[head.Length + body.Length];
        head.CopyTo(signed, 0);
        body.CopyTo(signed, head.Length);
        using var hmac = new HMACSHA256(key);
        return "v1," + Convert.ToBase64String(hmac.ComputeHash(signed));
    }
}
